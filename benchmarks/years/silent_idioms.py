"""Small programs that today's libraries draw otherwise than those of 2024, without an error; and some beside
them that they draw alike."""

from __future__ import annotations

_FRAME = """\
import pandas as pd
df = pd.DataFrame({'k': list('abab'), 'v': [1.0, np.nan, 3, 4], 'n': [1, 2, 3, 4], 's': ['lo', 'hi', 'lo', 'hi']})
df['c'] = pd.Categorical(list('xxyx'), categories=list('xyz'))
"""

_CHANGED = {
    "fillna": "df['v'].fillna(0, inplace=True)\nplt.plot(df.v)",
    "fillna_in_function": "def f(d):\n    d['v'].fillna(0, inplace=True)\n    return d\nplt.plot(f(df).v)",
    "warnings_off": "import warnings\nwarnings.filterwarnings('ignore')\ndf['v'].ffill(inplace=True)\nplt.plot(df.v)",
    "masked": "df['v'][df.k == 'a'] = 0\nplt.plot(df.v)",
    "selected": "df[df.k == 'a']['v'] = 0\nplt.plot(df.v)",
    "replaced": "df['s'].replace({'lo': 'low'}, inplace=True)\ndf.s.value_counts().plot.bar()",
    "by_position": "df['v'].iloc[0] = 9\nplt.plot(df.v)",
    "by_label": "df.v.at[0] = 9\nplt.plot(df.v)",
    "observed": "df.groupby('c').n.sum().plot.bar()",
    "observed_pairs": "df.groupby(['k', 'c']).n.sum().unstack().plot.bar()",
    "observed_cut": "df.groupby(pd.cut(df.n, [0, 1, 3, 3.5, 10])).size().plot.bar()",
    "observed_pivot": "df.pivot_table(index='c', columns='k', values='n', aggfunc='sum').plot.bar()",
    "pct_change": "df.v.pct_change().plot()",
    "pct_change_groups": "df.groupby('k').v.pct_change().plot()",
    "stack": "c = df[['v', 'n']].corr()\nc.where(np.triu(np.ones(c.shape), 1).astype(bool)).stack().plot.bar()",
    "apply": "d = df.groupby('k').apply(lambda g: g.nlargest(1, 'n')).reset_index(drop=True)\nplt.bar(d.k, d.n)",
    "apply_columns": "df.groupby('k').apply(lambda g: g.isna().sum()).plot.bar()",
    "apply_key": "s = df.groupby('k').apply(lambda g: g['k'].iloc[0])\nplt.bar(s.index, [1, 2])",
    "np_std": "df.groupby('k').n.agg([np.mean, np.std]).plot.bar()",
    "np_std_named": "df.groupby('k').agg(m=('n', 'mean'), e=('n', np.std)).plot.bar()",
    "dtype_each": "t = [c for c in df if df[c].dtype == 'object']\nplt.bar(t, range(len(t)))\nplt.title('t')",
    "dtype_all": "t = df.dtypes[df.dtypes == object].index\nplt.bar(t, range(len(t)))\nplt.title('t')",
    "dtype_not": "t = [c for c in df if df[c].dtype != 'O']\nplt.bar(t, range(len(t)))",
    "dtype_in": "t = [c for c in df if df[c].dtype in ('object', 'category')]\nplt.bar(t, range(len(t)))",
    "is_object": "from pandas.api.types import is_object_dtype\nt = [c for c in df if is_object_dtype(df[c])]\nplt.bar(t, range(len(t)))\nplt.title('t')",
    "dates": "d = pd.to_datetime(pd.Series(['2024-01-01', '2024-01-02']))\nplt.plot(d.astype('int64'))",
    "missing_text": "pd.Series(['a', None, 'a']).astype(str).value_counts().plot.bar()",
    "downcast": "df['s'] = df.s.replace({'lo': 0, 'hi': 1})\ndf.hist()",
    "downcast_fill": "df['f'] = pd.Series([None, 1, 2, 3], dtype=object).fillna(0)\ndf.hist()",
    "set_position": "s = df.set_index('k').n\ns[0] = 10\nplt.plot(s.values)",
    "scalars": "plt.plot(df.n)\nplt.title(f'{list(np.array([1.5, 2.5]))}')",
    "bar_dates_text": "ax = df.set_index(pd.date_range('2023', periods=4, freq='MS')).n.plot(kind='bar')\nfor i, v in enumerate(df.n):\n    ax.text(i, v, str(v), ha='center')",
    "bar_dates_labels": "ax = df.set_index(pd.date_range('2023', periods=4, freq='MS')).n.plot(kind='bar')\nax.set_xticklabels(['Jan', 'Feb', 'Mar', 'Apr'], rotation=0)",
    "bar_dates_line": "s = df.set_index(pd.date_range('2023', periods=4)).n\nax = s.plot.bar()\nax.plot(range(4), s.values, 'r-o')",
    "switch": "plt.plot(df.n)\nplt.tick_params(axis='both', top='off', labelbottom='off')",
    "switch_grid": "plt.style.use('ggplot')\nplt.plot(df.n)\nplt.grid('off')",
    "tick_part": "plt.plot(df.n)\nfor t in plt.gca().xaxis.get_major_ticks():\n    t.label1On = False",
    "axes_of_figure": "from mpl_toolkits.mplot3d import Axes3D\nax = Axes3D(plt.figure())\nax.plot(df.n, df.n, df.n)",
    "distance": "ax = plt.axes(projection='3d')\nax.dist = 13\nax.plot(df.n, df.n, df.n)",
    "scalars_plotly": "import plotly.graph_objects as go\nfig = go.Figure(go.Bar(y=[1, 2]))\nfig.update_layout(title=str([np.float64(1.5)]))\nfig.show()",
}
_ALIKE = {
    "assigned": "df['v'] = df['v'].fillna(0)\ndf.loc[df.k == 'a', 'v'] = 0\nplt.plot(df.v)",
    "named_functions": "df.groupby('k').n.agg(['mean', 'std']).plot.bar()",
    "observed_asked": "df.groupby('c', observed=True).n.sum().plot.bar()",
    "boxplot_by": "df.boxplot(column='n', by='c')",
    "apply_len": "df.groupby('k').apply(len).plot.bar()",
    "series": "s = pd.Series({'a': 1, 'b': 2})\ns['c'] = 3\ns.replace(1, 5).plot.bar()\ndf.select_dtypes(include='object')",
    "seaborn": "import seaborn as sns\nsns.boxplot(data=df, x='c', y='n', hue='k')\nplt.figure()\nsns.barplot(data=df, x='k', y='n')",
    "bar_dates": "s = df.set_index(pd.date_range('2023', periods=4, freq='MS')).n\nax = s.plot.bar()\nax.bar_label(ax.containers[0])\nax.set_xticklabels(ax.get_xticklabels(), rotation=45)\nax.axhline(2)",
    "bar_dates_with_line": "s = df.set_index(pd.date_range('2023', periods=4, freq='MS')).n\nax = s.plot.bar()\ns.plot(ax=ax, color='r')",
    "bar_numbers": "ax = df.n.plot.bar()\nfor i, v in enumerate(df.n):\n    ax.text(i, v, str(v))\nax.set_xticklabels(list('abcd'))",
    "switches": "plt.plot(df.n)\nplt.tick_params(top=False, labelbottom='on')\nplt.grid(False)\nplt.axis('off')",
    "axes_added": "from mpl_toolkits.mplot3d import Axes3D\nfig = plt.figure()\nax = Axes3D(fig)\nfig.add_axes(ax)\nax.plot(df.n, df.n, df.n)",
    "resampled": "df.set_index(pd.date_range('2024', periods=4)).n.resample('2D').sum().plot()",
}

CHANGED = {name: _FRAME + code for name, code in _CHANGED.items()}
"""Programs that have another picture, or an error, since pandas 3, numpy 2 or a matplotlib after 3.0; for `idioms.program`."""

ALIKE = {name: _FRAME + code for name, code in _ALIKE.items()}
"""Programs that mean the same to both."""
