using System.Globalization;
using Assay.Evaluation.Gates;

namespace Assay.Cli.Quickstart;

/// <summary>The quickstart's figures as a story for people.</summary>
internal static class QuickstartStory
{
    public static void Tell(QuickstartFigures figures)
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{figures.Rows} rows, {figures.SetAside.Values.Sum()} set aside ({string.Join(", ", figures.SetAside.Select(entry => $"{entry.Key} {entry.Value}"))})."
        );
        Console.WriteLine(
            $"{figures.TrainPairs} pairs to train on, {figures.HeldoutPairs} held out; prompts on both sides: {figures.PromptsOnBothSides}."
        );
        Console.WriteLine(
            $"In {Percent(figures.ChosenLonger)} of the training pairs the preferred answer is the longer one. The true reward of this world knows nothing of length."
        );

        // Eighty columns, whatever the terminal.
        Console.WriteLine();
        Console.WriteLine($"{"held-out accuracy (95 % interval)", -36}{"pairs", 6}{"trained as is", 19}{"on repaired pairs", 19}");
        Row("all pairs", figures.AsIs.All, figures.Repaired.All);
        Row("  the longer answer won", figures.AsIs.LongerWon, figures.Repaired.LongerWon);
        Row("  lengths alike (ratio 1.1 at most)", figures.AsIs.LengthMatched, figures.Repaired.LengthMatched);
        Row("  the shorter answer won", figures.AsIs.ShorterWon, figures.Repaired.ShorterWon);
        Row("lengths alike, by the true reward", figures.AsIs.GoldOnMatched, figures.Repaired.GoldOnMatched);
        Row("fresh pairs of a policy", figures.AsIs.Fresh, figures.Repaired.Fresh);
        Console.WriteLine($"Always preferring the longer answer, without any model: {Cell(figures.LengthOnly)}");
        Console.WriteLine();

        Console.WriteLine(
            $"Trained on the pairs as they are ({figures.AsIs.TrainPairs} pairs, {figures.AsIs.TrainSeconds:0} s), the model is right on {Percent(figures.AsIs.All.Value)} of held-out pairs."
        );
        Console.WriteLine(
            $"What that hides: {Percent(figures.AsIs.LengthMatched.Value)} when both answers are about as long, {Percent(figures.AsIs.ShorterWon.Value)} when the preferred one is shorter."
        );
        Console.WriteLine(
            $"Trained on repaired pairs ({figures.Repaired.TrainPairs} of them, {figures.Repaired.TrainSeconds:0} s): {Percent(figures.Repaired.LengthMatched.Value)} and {Percent(figures.Repaired.ShorterWon.Value)}."
        );
        Console.WriteLine();
        Console.WriteLine($"May the best of N answers be picked by it? assay gate --use {QuickstartRun.Use} says:");
        Verdict("trained as is", figures.AsIs);
        Verdict("on repaired pairs", figures.Repaired);
        Console.WriteLine();
        Console.WriteLine("Next, on your own pairs (JSON Lines with prompt, chosen, rejected) and a Hugging Face checkpoint:");
        Console.WriteLine("  ./assay check --data pairs.jsonl --output-dir checked");
        Console.WriteLine("  ./assay split --data checked/kept.jsonl --eval 0.1 --output-dir split");
        Console.WriteLine("  ./assay train --model DIR --data split/train.jsonl \\");
        Console.WriteLine("      --eval-data split/eval.jsonl --output-dir my-reward-model");
        Console.WriteLine($"Or look at what was just made: ./assay inspect {Path.Combine(figures.Folder, "repaired")}");
    }

    private static void Verdict(string name, ModelFigures model)
    {
        Console.WriteLine(
            $"  {name}: {Paint.ForOutput().Verdict(GateRecord.Word(model.Verdict))}{(model.NotReady.Count == 0 ? ", every check passed" : "")}; the whole story: {model.Report}"
        );
        foreach (var check in model.NotReady)
            Console.WriteLine(
                $"    {Paint.ForOutput().Verdict(GateRecord.Word(check.Verdict))}: {check.Name} {Cell(check)}, wanted {check.Wanted}"
            );
    }

    private static string Cell(GateCheckResult check) =>
        check is { Value: { } value, Interval: { } interval }
            ? $"{Number(check, value)} ({Number(check, interval.Low)} to {Number(check, interval.High)})"
        : check.Value is { } point ? Number(check, point)
        : "unknown";

    private static string Number(GateCheckResult check, double value) => GateNumber.Of(value, 3, check.AtLeast, check.AtMost);

    private static void Row(string name, PairAccuracy asIs, PairAccuracy repaired) =>
        Console.WriteLine($"{name, -36}{asIs.Pairs, 6}{Cell(asIs), 19}{Cell(repaired), 19}");

    private static string Cell(PairAccuracy accuracy) =>
        string.Create(CultureInfo.InvariantCulture, $"{accuracy.Value:0.000} ({accuracy.Low:0.00}-{accuracy.High:0.00})");

    private static string Percent(double share) => $"{100 * share:0} %";
}
