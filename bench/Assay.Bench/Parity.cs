using System.Globalization;
using System.Text;
using Assay.Models.Tests.Goldens;
using Assay.Torch;

namespace Assay.Bench;

/// <summary>
/// Measures every recorded case of the model families and every recorded training run again and writes the largest differences to
/// <c>docs/parity.md</c>.
/// </summary>
internal static class Parity
{
    private static readonly string[] Configs = ["config.json", "config.legacy.json"];

    private const int MostNamed = 8;

    /// <returns>0, or 1 when a difference is above its limit.</returns>
    public static int Run(string[] arguments)
    {
        var path = arguments is [var named, ..] ? named : Path.Combine("docs", "parity.md");
        var families = new List<Measurement>();
        var text = new StringBuilder();
        text.AppendLine("# Parity with the reference");
        text.AppendLine();
        text.AppendLine(
            "Written by `./run bench parity`: every number was measured in that run, from `goldens/families`, `goldens/real` and `goldens/training` of the shared inputs."
        );
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"Reference: transformers 5.23.0 on torch 2.13.0, in fp64. Here: libtorch {TorchRuntime.LibtorchVersion}."
        );
        text.AppendLine(
            "A case is loaded from `config.json` and from `config.legacy.json` (the keys of transformers 4); the larger difference is shown."
        );
        text.AppendLine();
        text.AppendLine("## Families");
        text.AppendLine();
        text.AppendLine(
            "Largest absolute difference of a score (each sequence alone, packed, as in a padded batch, pad = eos, no pad, pad ids inside) and of a hidden state."
        );
        text.AppendLine(
            "Largest relative difference of a gradient norm or element. Limits: scores 1e-12 (fp64) and 2e-5 (fp32), states 1e-12 and 5e-5, gradients 1e-11 and 5e-5."
        );
        text.AppendLine();
        text.AppendLine("| case | scores fp64 | scores fp32 | states fp64 | states fp32 | gradients fp64 | gradients fp32 | scores bf16 |");
        text.AppendLine("|---|---|---|---|---|---|---|---|");
        using var written = new TemporaryFolder();
        foreach (var name in InternLm2Case.Cases)
            InternLm2Case.Write(name, written.PathOf($"internlm2 ({name})"));
        foreach (var folder in FamilyCases.Folders().Concat(Directory.EnumerateDirectories(written.Path).Order(StringComparer.Ordinal)))
        {
            var recorded = new FamilyCase(folder);
            List<Measurement> measured =
            [
                .. Configs.SelectMany(config =>
                    new[] { DType.Float64, DType.Float32 }.SelectMany(dtype => recorded.Measure(dtype, config))
                ),
            ];
            families.AddRange(measured);
            var cells = new[] { IsScore, IsState, IsGradient }.SelectMany(kind =>
                new[] { DType.Float64, DType.Float32 }.Select(dtype => Largest(measured, kind, dtype))
            );
            text.AppendLine($"| {recorded.Name} | {string.Join(" | ", cells)} | {Largest(measured, IsScore, DType.BFloat16)} |");
        }
        text.AppendLine();
        text.AppendLine(
            "internlm2: its code is not a part of transformers. So the recorded cases of Llama were written under its names and in its order."
        );
        text.AppendLine(
            "bf16: scores computed in bf16 from weights rounded to it, against the same weights in fp64. Two computations of the reference differ by 0.031."
        );
        text.AppendLine();
        text.AppendLine("## Where the reference is wrong or dangerous");
        text.AppendLine();
        text.AppendLine(
            "Each kind was recorded by the reference itself, beside the score that it gives the sequence alone or at its last token. That is the right one here. Both columns are distances from it."
        );
        text.AppendLine();
        text.AppendLine("| what the reference does | cases | the reference | ours, fp64 |");
        text.AppendLine("|---|---|---|---|");
        foreach (
            var kind in FamilyCases.Folders().SelectMany(folder => ReferenceFault.In(new FamilyCase(folder))).GroupBy(fault => fault.What)
        )
        {
            var cases = kind.Count() > MostNamed ? $"{kind.Count()} decoders" : string.Join(", ", kind.Select(fault => fault.Case));
            text.AppendLine(
                $"| {kind.Key} | {cases} | {Range([.. kind.Select(fault => fault.Reference)])} | {Digits(kind.Max(fault => fault.Ours))} |"
            );
        }
        text.AppendLine();
        text.AppendLine("## Real checkpoints");
        text.AppendLine();
        text.AppendLine(
            "fp32 here, prefixes of pairs shared where the family allows it, against the fp64 truth of `goldens/real`: 32 pairs of HH-RLHF, recorded ids."
        );
        text.AppendLine();
        text.AppendLine("| checkpoint | quantity | largest difference | limit |");
        text.AppendLine("|---|---|---|---|");
        List<Measurement> real = [.. RealCheckpoint.All.SelectMany(checkpoint => checkpoint.Measure())];
        foreach (var measurement in real)
            text.AppendLine(
                $"| {measurement.Case} | {measurement.Quantity} | {Digits(measurement.Difference)} | {Digits(measurement.Limit)} |"
            );
        Measurement[] failed = [.. families.Concat(real).Where(measurement => !measurement.Holds)];
        text.AppendLine();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"{families.Count + real.Count} quantities measured, {failed.Length} above their limit."
        );
        TrainingParity.Append(text);
        File.WriteAllText(path, text + Bf16Benchmark.In(path));
        foreach (var failure in failed.Take(20))
            Console.Error.WriteLine(failure);
        Console.Out.WriteLine($"{path}: {families.Count + real.Count} quantities, {failed.Length} above their limit");
        return failed.Length == 0 ? 0 : 1;
    }

    private static bool IsGradient(Measurement measurement) => measurement.Quantity.Contains("gradient", StringComparison.Ordinal);

    private static bool IsState(Measurement measurement) => measurement.Quantity.StartsWith("activation", StringComparison.Ordinal);

    private static bool IsScore(Measurement measurement) =>
        !IsGradient(measurement)
        && !IsState(measurement)
        && !measurement.Quantity.StartsWith("embedding row", StringComparison.Ordinal)
        && measurement.Quantity != "history"; // recorded in fp32 only

    private static string Largest(IEnumerable<Measurement> measured, Func<Measurement, bool> kind, DType dtype)
    {
        double[] differences =
        [
            .. measured
                .Where(kind)
                .Where(measurement => measurement.Case.EndsWith(dtype.ToString(), StringComparison.Ordinal))
                .Select(measurement => measurement.Difference),
        ];
        return differences.Length == 0 ? "" : Digits(differences.Max());
    }

    private static string Range(double[] values) =>
        values.Any(double.IsNaN) ? "NaN"
        : values.Length == 1 ? values[0].ToString("0.00", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{values.Min():0.00} to {values.Max():0.00}");

    private static string Digits(double value) => value.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
