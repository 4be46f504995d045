"""Published corpora: one file each declares it; the rest reads any of them."""

from vincicoder.sources.hub.corpus import Corpus
from vincicoder.sources.hub.registry import corpora, corpus_sources, find_corpora
from vincicoder.sources.hub.source import CorpusSource

__all__ = ["Corpus", "CorpusSource", "corpora", "corpus_sources", "find_corpora"]
