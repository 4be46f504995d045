"""Small programs in the manner of their year: each uses a name that not every version of its library has.

A line is a program's name and the code that makes it particular. `PREAMBLE` comes before it, and `plt.show()`
after it where it does not show anything itself.
"""

from __future__ import annotations

PREAMBLE = """\
import numpy as np
import matplotlib.pyplot as plt
x = np.linspace(0, 6, 30)
"""

_PANDAS = "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2, 3], 'b': [3.0, 1.0, 2.0], 'c': list('uvw')})\n"
_TIMES = "import pandas as pd\ns = pd.Series(np.arange(90.0), pd.date_range('2021-01-01', periods=90))\n"
_SEABORN = (
    "import pandas as pd\nimport seaborn as sns\ndf = pd.DataFrame({'a': list('uvwuvw'), 'b': range(6)})\n"
)
_GRAPH = "import networkx as nx\n"
_EXPRESS = "import plotly.express as px\n"
_OBJECTS = "import plotly.graph_objects as go\nfig = go.Figure(go.Bar(x=['a', 'b'], y=[2, 3]))\n"
_FACTORY = "import plotly.figure_factory as ff\n"

OF_2022 = {
    "style_seaborn": "plt.style.use('seaborn')\nplt.plot(x, np.sin(x))",
    "style_darkgrid": "plt.style.use('seaborn-darkgrid')\nplt.plot(x, np.sin(x))",
    "style_whitegrid": "with plt.style.context('seaborn-whitegrid'):\n    plt.plot(x, np.cos(x))",
    "style_list": "plt.style.use(['seaborn-talk', 'seaborn-ticks'])\nplt.plot(x, x)",
    "np_float": "plt.plot(x, x.astype(np.float))",
    "np_int": "plt.bar(np.arange(3).astype(np.int), [1, 2, 3])",
    "np_bool": "mask = np.array([1, 0, 1], dtype=np.bool)\nplt.scatter(np.arange(3)[mask], [1, 2])",
    "np_object": "plt.bar(np.array(['a', 'b'], dtype=np.object), [1, 2])",
    "np_product": "plt.bar([0, 1], [np.product([1, 2]), np.cumproduct([1, 2, 3])[-1]])",
    "np_in1d": "plt.bar([0, 1], np.in1d([1, 2], [2, 3]).astype(float) + 1)",
    "np_trapz": "plt.plot(x, np.sin(x))\nplt.title(f'{np.trapz(np.sin(x), x):.2f}')",
    "np_inf": "y = np.sin(x)\ny[3] = np.NaN\nplt.plot(x, y)\nplt.title(str(np.Inf))",
    "np_float_": "plt.plot(x, np.float_(x) * 2)",
    "np_ptp": "plt.bar([0], [x.ptp()])",
    "freq_month": _TIMES + "s.resample('M').mean().plot(kind='bar')",
    "freq_quarter": _TIMES + "plt.plot(pd.date_range('2020-01-01', periods=8, freq='Q'), range(8))",
    "freq_hour": _TIMES + "plt.plot(pd.date_range('2020-01-01', periods=24, freq='H'), range(24))",
    "freq_year": _TIMES + "plt.plot(pd.date_range('2001-01-01', periods=8, freq='Y'), range(8))",
    "grouper_month": _TIMES + "s.groupby(pd.Grouper(freq='M')).sum().plot()",
    "append_frame": _PANDAS
    + "df = df.append({'a': 4, 'b': 2.0, 'c': 'z'}, ignore_index=True)\ndf.plot(x='a', y='b')",
    "append_series": _PANDAS + "df['a'].append(df['b']).plot()",
    "iteritems": _PANDAS
    + "for name, column in df[['a', 'b']].iteritems():\n    plt.plot(column, label=name)",
    "applymap": _PANDAS + "plt.imshow(df[['a', 'b']].applymap(lambda v: v * 2))",
    "fillna_method": _PANDAS + "df.loc[1, 'b'] = None\ndf['b'].fillna(method='ffill').plot()",
    "mad": _PANDAS + "plt.bar([0], [df['b'].mad()])",
    "int64_index": _PANDAS + "plt.plot(pd.Int64Index([1, 2, 3]), [1, 2, 3])",
    "week_of_year": _TIMES + "s.groupby(s.index.weekofyear).sum().plot(kind='bar')",
    "get_cmap": "plt.scatter(x, x, c=plt.cm.get_cmap('viridis')(x / 6))",
    "get_cmap_import": "from matplotlib.cm import get_cmap\nplt.bar(range(3), [1, 2, 3], color=get_cmap('Set2').colors[:3])",
    "boxplot_labels": "plt.boxplot([x, np.sin(x)], labels=['a', 'b'])",
    "stem_lines": "plt.stem(x, np.sin(x), use_line_collection=True)",
    "gca_3d": "ax = plt.figure().gca(projection='3d')\nax.plot(x, np.sin(x), x)",
    "legend_handles": "plt.plot(x, label='a')\nfor handle in plt.legend().legendHandles:\n    handle.set_linewidth(4)",
    "grid_b": "plt.plot(x)\nplt.grid(b=True, which='major')",
    "hist_normed": "plt.hist(np.sin(x), normed=True)",
    "plot_date": "import datetime\nplt.plot_date([datetime.date(2020, 1, day) for day in (1, 2, 3)], [1, 3, 2])",
    "contour_parts": "c = plt.contour(np.outer(x, x))\nfor part in c.collections:\n    part.set_linewidth(3)",
    "tick_label": "plt.plot(x)\nfor tick in plt.gca().xaxis.get_major_ticks():\n    tick.label.set_fontsize(7)",
    "w_xaxis": "ax = plt.figure().add_subplot(projection='3d')\nax.w_xaxis.set_pane_color((1, 0, 0, 1))\nax.plot(x, x, x)",
    "register_cmap": "from matplotlib.colors import ListedColormap\nplt.cm.register_cmap('own', ListedColormap(['r', 'g']))\nplt.imshow([[1, 2]], cmap='own')",
    "simps": "from scipy.integrate import simps\nplt.plot(x)\nplt.title(f'{simps(x, x):.1f}')",
    "cumtrapz": "from scipy.integrate import cumtrapz\nplt.plot(cumtrapz(np.sin(x), x))",
    "interp2d": "from scipy.interpolate import interp2d\nplt.imshow(interp2d([0, 1], [0, 1], [[1, 2], [3, 4]])(x / 6, x / 6))",
    "signal_hann": "from scipy import signal\nplt.plot(signal.hann(50))",
    "signal_ricker": "from scipy import signal\nplt.imshow(signal.cwt(np.sin(x), signal.ricker, np.arange(1, 9)))",
    "from_numpy_matrix": _GRAPH
    + "nx.draw(nx.from_numpy_matrix(np.ones((4, 4))), pos={n: (n, n % 2) for n in range(4)})",
    "to_numpy_matrix": _GRAPH + "plt.imshow(nx.to_numpy_matrix(nx.path_graph(4)))",
    "random_tree": _GRAPH + "nx.draw_circular(nx.random_tree(8, seed=1))",
    "factorplot": _SEABORN + "sns.factorplot(x='a', y='b', data=df)",
    "seaborn_positional": _SEABORN + "sns.barplot('a', 'b', data=df)",
    "distplot": _SEABORN + "sns.distplot(df['b'])",
    "titlefont": _OBJECTS + "fig.update_layout(xaxis=dict(title='a', titlefont=dict(size=20)))\nfig.show()",
    "scatter_mapbox": _EXPRESS + "px.scatter_mapbox(lat=[1, 2], lon=[3, 4], mapbox_style='white-bg').show()",
    "create_distplot": _FACTORY
    + "ff.create_distplot([list(np.sin(x)), list(np.cos(x))], ['a', 'b'], bin_size=0.2).show()",
    "create_gantt": _FACTORY
    + "ff.create_gantt([dict(Task='a', Start='2020-01-01', Finish='2020-02-01')]).show()",
    "annotated_heatmap": _FACTORY + "ff.create_annotated_heatmap([[1, 2], [3, 4]]).show()",
}

OF_2024 = {
    "tick_labels": "plt.boxplot([x, np.sin(x)], tick_labels=['a', 'b'])",
    "trapezoid": "plt.plot(x)\nplt.title(f'{np.trapezoid(x, x):.1f}')",
    "frame_map": _PANDAS + "plt.imshow(df[['a', 'b']].map(lambda v: v * 2))",
    "freq_month_end": _TIMES + "s.resample('ME').mean().plot(kind='bar')",
    "freq_quarter_end": _TIMES + "plt.plot(pd.date_range('2020-01-01', periods=8, freq='QE'), range(8))",
    "freq_year_end": _TIMES + "plt.plot(pd.date_range('2001-01-01', periods=8, freq='YE'), range(8))",
    "ecdf": "plt.ecdf(np.sin(x))",
    "violin_inner": _SEABORN + "sns.violinplot(x='a', y='b', data=df, inner_kws=dict(box_width=9))",
    "bar_legend": _SEABORN + "sns.barplot(x='a', y='b', hue='a', legend=False, data=df)",
    "box_gap": _SEABORN + "sns.boxplot(x='a', y='b', data=df, gap=0.1, fill=False)",
    "colormaps": "import matplotlib\nplt.scatter(x, x, c=matplotlib.colormaps['viridis'](x / 6))",
    "style_v0_8": "plt.style.use('seaborn-v0_8')\nplt.plot(x, np.sin(x))",
    "errorbar": _SEABORN + "sns.barplot(x='a', y='b', data=df, errorbar='sd')",
    "from_numpy_array": _GRAPH + "nx.draw_circular(nx.from_numpy_array(np.ones((4, 4))))",
    "get_cmap_pyplot": "plt.scatter(x, x, c=plt.get_cmap('plasma')(x / 6))",
    "simpson": "from scipy.integrate import simpson, cumulative_trapezoid\nplt.plot(cumulative_trapezoid(x, x=x))\nplt.title(f'{simpson(x, x=x):.1f}')",
    "scatter_map": _EXPRESS + "px.scatter_map(lat=[1, 2], lon=[3, 4], map_style='white-bg').show()",
    "legend_location": "plt.plot(x, label='a')\nplt.legend().set_loc('lower right')",
    "treemap": "import squarify\nsquarify.plot([4, 3, 2], label=['a', 'b', 'c'])",
    "venn": "from matplotlib_venn import venn2\nvenn2((3, 2, 1))",
}


def program(idiom: str) -> str:
    """Return the whole program of an idiom."""
    return PREAMBLE + idiom + ("" if ".show()" in idiom else "\nplt.show()") + "\n"
