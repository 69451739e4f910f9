using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Audits.Probes;

/// <summary>An answer to be rewritten, with what a rewriting may look at.</summary>
/// <param name="Answer">The answer's text.</param>
/// <param name="Question">The last thing the user said; for plain text the whole prompt.</param>
/// <param name="Group">The prompt group, as in <see cref="ProbeCorpus"/>.</param>
/// <param name="Corpus">The other answers at hand.</param>
/// <param name="Random">Seeded by probe, row and side: the same row is rewritten alike in every run and on every machine.</param>
public sealed record ProbeInput(string Answer, string Question, string Group, ProbeCorpus Corpus, SeededRandom Random);
