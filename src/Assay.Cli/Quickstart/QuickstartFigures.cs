namespace Assay.Cli.Quickstart;

/// <summary>Everything the quickstart prints; each number was computed in its run.</summary>
/// <param name="Folder">Where its files are.</param>
/// <param name="Rows">Rows drawn, faulty ones included.</param>
/// <param name="SetAside">Rows set aside, by reason code.</param>
/// <param name="TrainPairs">Usable pairs on the training side.</param>
/// <param name="HeldoutPairs">Usable pairs held out.</param>
/// <param name="PromptsOnBothSides">Prompt groups with rows on both sides: 0, proven.</param>
/// <param name="ChosenLonger">Share of training pairs whose preferred answer is the longer.</param>
/// <param name="LengthOnly">What preferring the longer answer reaches on the held-out pairs, without any model.</param>
/// <param name="AsIs">The model trained on the pairs as they are.</param>
/// <param name="Repaired">The model trained on the repaired pairs.</param>
internal sealed record QuickstartFigures(
    string Folder,
    long Rows,
    IReadOnlyDictionary<string, long> SetAside,
    long TrainPairs,
    long HeldoutPairs,
    long PromptsOnBothSides,
    double ChosenLonger,
    PairAccuracy LengthOnly,
    ModelFigures AsIs,
    ModelFigures Repaired
);
