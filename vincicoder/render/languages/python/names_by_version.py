"""Names that drawing code uses and that not every version has: since when they are gone, or are there.

From the libraries' own release notes, and from a comparison of all public names of the stacks. A name is
written as `unknown_names.py` writes it, without its module or class where the last part alone is meant:
`boxplot(labels)` is an argument of any function called `boxplot`.
"""

from __future__ import annotations

_GONE = """
matplotlib 3.1: set(normed) hist(normed) axes.vertices
matplotlib 3.5: cbook.iterable cm.cmap_d annotate(s) colors.DivergingNorm ticker.IndexFormatter
  ticker.OldScalarFormatter dates.IndexDateFormatter font_manager._rebuild (quality) print_jpg(quality)
  print_jpg(optimize) print_png(papertype) print_png(frameon) LogScale.__init__(basex)
  LogScale.__init__(basey) LogScale.__init__(nonposx) LogScale.__init__(nonposy) LogScale.__init__(subsx)
  LogScale.__init__(subsy) SymmetricalLogScale.__init__(linthreshx) SymmetricalLogScale.__init__(linthreshy)
  SymmetricalLogScale.__init__(basex) SymmetricalLogScale.__init__(basey)
  SymmetricalLogScale.__init__(linscalex) SymmetricalLogScale.__init__(linscaley) rcParams.savefig.frameon
  rcParams.axes.color_cycle rcParams.datapath rcParams.animation.html_args rcParams.keymap.all_axes
  rcParams.mathtext.fallback_to_cm
matplotlib 3.6: FigureCanvasAgg.set_window_title Axes.is_first_row Axes.is_last_row Axes.is_first_col
  Axes.is_last_col Axes.rowNum Axes.colNum Axes.change_geometry gca(projection) gca(polar) legend(numpoint)
  plt.subplot(share)
matplotlib 3.7: grid(b) afm docstring is_url tight_layout tight_bbox fontconfig_pattern type1font
  cbook.maxdict dates.epoch2num blocking_input
matplotlib 3.8: style.seaborn style.seaborn-bright style.seaborn-colorblind style.seaborn-dark
  style.seaborn-dark-palette style.seaborn-darkgrid style.seaborn-deep style.seaborn-muted
  style.seaborn-notebook style.seaborn-paper style.seaborn-pastel style.seaborn-poster style.seaborn-talk
  style.seaborn-ticks style.seaborn-white style.seaborn-whitegrid stem(use_line_collection) Tick.label
  XTick.label YTick.label Axes3D.w_xaxis Axes3D.w_yaxis Axes3D.w_zaxis Axes3D.dist dates.num2epoch
  Colorbar.draw_all Colorbar.filled Colorbar.patch mlab.stride_windows ScalarMappable.callbacksSM
  Figure.callbacks Figure.execute_constrained_layout figure.SubplotBase
matplotlib 3.9: cm.get_cmap cm.register_cmap cm.unregister_cmap pyplot.register_cmap Legend.legendHandles
  Axes3D.unit_cube Axes3D.tunit_cube Axes3D.tunit_edges cbook.Stack rcsetup.all_backends
  rcsetup.interactive_bk rcsetup.non_interactive_bk transforms.BboxTransformToMaxOnly
matplotlib 3.10: ContourSet.collections QuadContourSet.collections TriContourSet.collections
  ContourSet.antialiased ContourSet.tcolors ContourSet.tlinewidths Axes3D.eye Axes3D.sx Axes3D.sy Axes3D.vvec
matplotlib 3.11: boxplot(labels) Axes.plot_date pyplot.plot_date collections.BrokenBarHCollection
  dates.julian2num dates.num2julian bxp(vert) boxplot(vert) violinplot(vert) violin(vert)
  offsetbox.bbox_artist
numpy 1.24: float int bool object str complex long unicode
numpy 2.0: Inf Infinity NaN NAN NINF PINF NZERO PZERO infty product cumproduct alltrue sometrue round_ float_
  complex_ string_ unicode_ bool8 bytes0 int0 object0 str0 uint0 void0 AxisError ComplexWarning RankWarning
  VisibleDeprecationWarning ModuleDeprecationWarning TooHardError Tester asfarray byte_bounds cast cfloat
  clongfloat compare_chararrays deprecate disp fastCopyAndTranspose find_common_type format_parser
  issctype issubclass_ issubsctype longcomplex longfloat lookfor mat maximum_sctype msort nbytes obj2sctype
  recfromcsv recfromtxt safe_eval sctype2char sctypes set_string_function singlecomplex source
  tracemalloc_domain who ndarray.itemset ndarray.newbyteorder ndarray.ptp DataSource
numpy 2.3: ndarray.tostring
numpy 2.4: in1d trapz
pandas 2.0: DataFrame.append Series.append DataFrame.iteritems Series.iteritems DataFrame.lookup DataFrame.mad
  Series.mad Int64Index Float64Index UInt64Index DatetimeIndex.week DatetimeIndex.weekofyear
  DatetimeProperties.week DatetimeProperties.weekofyear Index.is_monotonic Series.is_monotonic
  DataFrameGroupBy.mad SeriesGroupBy.mad DataFrameGroupBy.tshift SeriesGroupBy.tshift DataFrame.tshift
  Series.tshift GroupBy.backfill GroupBy.pad Index.get_value Index.is_all_dates date_range(closed)
  read_csv(squeeze) read_csv(error_bad_lines) read_csv(prefix) Timestamp.freqstr DataFrame.slice_shift
pandas 3.0: DataFrame.applymap fillna(method) freq.M freq.Q freq.Y freq.A freq.H freq.T freq.S freq.L freq.U
  freq.N freq.BM freq.BQ freq.BA freq.BY freq.CBM freq.SM resample(axis) resample(kind) groupby(axis)
  pct_change(fill_method) interpolate(method) Series.view Series.ravel read_csv(date_parser)
  read_csv(delim_whitespace) read_gbq DataFrame.to_gbq value_counts Index.format DataFrame.swapaxes
  Series.swapaxes Index.is_numeric Index.is_integer Index.is_boolean Index.is_floating Index.is_object
  Index.is_categorical Index.is_interval Index.holds_integer Categorical.to_list DataFrameGroupBy.fillna
  SeriesGroupBy.fillna DataFrame.first DataFrame.last Series.first Series.last DataFrame.bool Series.bool
  DataFrame.pad DataFrame.backfill Series.pad Series.backfill ewm(axis) rolling(axis)
plotly 6.0: titlefont titleside titleposition graph_objects.Heatmapgl graph_objects.Pointcloud
  graph_objs.Heatmapgl graph_objs.Pointcloud graph_objects.Stream
plotly 7.0: express.scatter_mapbox express.line_mapbox express.density_mapbox express.choropleth_mapbox
  express.set_mapbox_access_token graph_objects.Scattermapbox graph_objects.Choroplethmapbox
  graph_objects.Densitymapbox graph_objs.Scattermapbox graph_objs.Choroplethmapbox graph_objs.Densitymapbox
  figure_factory.create_distplot figure_factory.create_2d_density figure_factory.create_annotated_heatmap
  figure_factory.create_bullet figure_factory.create_candlestick figure_factory.create_choropleth
  figure_factory.create_facet_grid figure_factory.create_gantt figure_factory.create_hexbin_mapbox
  figure_factory.create_ohlc figure_factory.create_scatterplotmatrix
  figure_factory.create_violin layout.mapbox
scipy 1.11: stats.gilbrat
scipy 1.12: stats.binom_test
scipy 1.13: signal.gaussian signal.hann signal.hamming signal.blackman signal.bartlett signal.boxcar
  signal.triang signal.kaiser signal.tukey signal.parzen signal.bohman signal.nuttall signal.barthann
  signal.flattop signal.cosine signal.chebwin signal.blackmanharris signal.general_gaussian
  signal.exponential signal.bspline signal.quadratic signal.cubic linalg.kron linalg.tri linalg.tril
  linalg.triu
scipy 1.14: integrate.simps integrate.cumtrapz integrate.trapz interpolate.interp2d
scipy 1.15: integrate.romberg integrate.quadrature integrate.AccuracyWarning signal.cwt signal.morlet
  signal.morlet2 signal.ricker signal.daub signal.qmf signal.cascade misc.derivative misc.face
  misc.ascent misc.electrocardiogram misc.central_diff_weights
seaborn 0.12: barplot(positional) boxplot(positional) countplot(positional) scatterplot(positional)
  lineplot(positional) violinplot(positional) stripplot(positional) swarmplot(positional)
  pointplot(positional) relplot(positional) catplot(positional) regplot(positional) lmplot(positional)
  jointplot(positional) histplot(positional) kdeplot(positional) displot(positional) boxenplot(positional)
  residplot(positional) factorplot
networkx 3.0: from_numpy_matrix to_numpy_matrix to_numpy_recarray from_scipy_sparse_matrix
  to_scipy_sparse_matrix OrderedGraph OrderedDiGraph OrderedMultiGraph OrderedMultiDiGraph adj_matrix
  authority_matrix hub_matrix hits_numpy hits_scipy pagerank_numpy pagerank_scipy info read_gpickle
  write_gpickle read_shp write_shp read_yaml write_yaml jit_data jit_graph project k_nearest_neighbors
  numeric_mixing_matrix make_small_graph edge_betweenness
networkx 3.4: random_tree join all_triplets strongly_connected_components_recursive
networkx 3.5: d_separated minimal_d_separator forest_str random_triad total_spanning_tree_weight
"""

_NEW = """
matplotlib 3.7: Legend.set_loc legend(loc_outside)
matplotlib 3.8: pyplot.ecdf Axes.ecdf
matplotlib 3.9: boxplot(tick_labels) inset FigureBase.get_suptitle Axis.set_label
matplotlib 3.10: boxplot(orientation) bxp(orientation) violinplot(orientation) violin(orientation)
  Colormap.with_alpha style.petroff10 Axes3D.fill_between bivar_colormaps multivar_colormaps
matplotlib 3.11: Axes.grouped_bar pyplot.grouped_bar Axes.pie_label pyplot.pie_label
numpy 2.0: trapezoid astype concat pow acos acosh asin asinh atan atan2 atanh permute_dims matrix_transpose
  unique_all unique_counts unique_inverse unique_values vecdot bitwise_count isdtype ndarray.mT
numpy 2.1: unstack cumulative_sum cumulative_prod
pandas 2.1: DataFrame.map
pandas 2.2: freq.ME freq.QE freq.YE freq.BME freq.BQE freq.BYE freq.CBME freq.SME Series.case_when Series.list
  Series.struct
pandas 3.0: col DataFrame.select Series.from_arrow DataFrame.from_arrow
plotly 5.24: express.scatter_map express.line_map express.density_map express.choropleth_map
  graph_objects.Scattermap graph_objects.Choroplethmap graph_objects.Densitymap layout.map
plotly 6.0: figure_factory.create_hexbin_map
plotly 6.1: io.defaults io.write_images
seaborn 0.13: barplot(fill) barplot(gap) barplot(err_kws) barplot(legend) barplot(native_scale)
  boxplot(fill) boxplot(gap) boxplot(legend) boxplot(native_scale) boxplot(log_scale) countplot(legend)
  countplot(fill) countplot(gap) violinplot(inner_kws) violinplot(fill) violinplot(gap) violinplot(legend)
  violinplot(density_norm) violinplot(common_norm) violinplot(bw_adjust) violinplot(bw_method)
  stripplot(legend) pointplot(legend) pointplot(err_kws) pointplot(log_scale) boxenplot(width_method)
  catplot(fill) heatmap(legend)
scipy 1.11: differentiate
scipy 1.12: integrate.cumulative_simpson stats.betanbinom signal.ShortTimeFFT
scipy 1.15: integrate.tanhsinh integrate.cubature integrate.nsum special.sph_harm_y stats.make_distribution
  stats.Normal stats.Uniform differentiate
networkx 3.1: arf_layout
networkx 3.2: visibility_graph random_labeled_tree
networkx 3.4: forceatlas2_layout bfs_layout draw_forceatlas2
networkx 3.5: display apply_matplotlib_colors describe
"""


def _read(text: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    library = version = ""
    for line in text.splitlines():
        head, colon, names = line.partition(":")
        if colon:
            library, version = head.split()
        found |= {(library, name): version for name in (names if colon else line).split()}
    return found


GONE = _read(_GONE)
"""The version since which a library has a name no longer, by library and name."""

NEW = _read(_NEW)
"""The version since which a library has a name."""
