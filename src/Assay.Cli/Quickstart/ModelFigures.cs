using Assay.Evaluation.Gates;

namespace Assay.Cli.Quickstart;

/// <summary>What one model does on the held-out pairs, as labelled and cut by which answer is longer.</summary>
/// <param name="Name">Which model.</param>
/// <param name="TrainPairs">Pairs it was trained on.</param>
/// <param name="TrainSeconds">Wall time of its training.</param>
/// <param name="All">All held-out pairs.</param>
/// <param name="LongerWon">Pairs whose preferred answer is the longer.</param>
/// <param name="LengthMatched">Pairs whose longer answer has at most 1.1 times the characters of the shorter.</param>
/// <param name="ShorterWon">Pairs whose preferred answer is the shorter.</param>
/// <param name="GoldOnMatched">Length-matched pairs again, judged by the known true reward instead of the label.</param>
/// <param name="Fresh">What the current policy writes, as people label it.</param>
/// <param name="Verdict">The gate's, for <see cref="QuickstartRun.Use"/>.</param>
/// <param name="NotReady">The checks that said no, each with its reason.</param>
/// <param name="Report">The page that shows it all.</param>
internal sealed record ModelFigures(
    string Name,
    long TrainPairs,
    double TrainSeconds,
    PairAccuracy All,
    PairAccuracy LongerWon,
    PairAccuracy LengthMatched,
    PairAccuracy ShorterWon,
    PairAccuracy GoldOnMatched,
    PairAccuracy Fresh,
    GateVerdict Verdict,
    IReadOnlyList<GateCheckResult> NotReady,
    string Report
);

/// <summary>A count of pairs a model ordered rightly, with its interval.</summary>
/// <param name="Pairs">Pairs judged.</param>
/// <param name="Value">Share ordered as labelled, a tie counting half.</param>
/// <param name="Low">Lower end of the 95 % Wilson interval.</param>
/// <param name="High">Upper end.</param>
internal sealed record PairAccuracy(long Pairs, double Value, double Low, double High);
