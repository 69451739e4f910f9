using System.Diagnostics;
using System.Text.Json;
using Assay.Ground.Files;
using Assay.Torch.Native;

namespace Assay.Torch.Products;

/// <summary>
/// Which library computes which product on this machine, by a short measurement. It is remembered for this processor, libtorch and number
/// of threads, so that a machine always takes the same: libraries differ in the last bits. A run records its choice, and its resume takes
/// that.
/// </summary>
internal static class ProductChoice
{
    // A typical micro-batch through a typical small model.
    private const int Rows = 1024;
    private const int Inputs = 576;
    private const int Outputs = 1536;
    private const int Repeats = 5;

    // Ours gives the same bits for any number of threads; another has to be faster by this to be worth losing that.
    private const double MklAdvantage = 1.03;

    // oneDNN's entry also makes each result in memory of its own, which comes and goes beside our pool (0.15 GiB more at MiniLM's peak),
    // and code for each new number of rows, which the same product over and over does not show.
    private const double OneDnnAdvantage = 1.1;

    private static readonly Lock Gate = new();
    private static IReadOnlyList<ProductLibrary>? _chosen;

    /// <summary>GFLOPS of each form and library, as measured; empty when the choice was remembered or given.</summary>
    public static IReadOnlyDictionary<(ProductForm Form, ProductLibrary Library), double> Measured { get; private set; } =
        new Dictionary<(ProductForm, ProductLibrary), double>();

    /// <summary>The choice by form; made at its first use.</summary>
    public static IReadOnlyList<ProductLibrary> Chosen
    {
        get
        {
            lock (Gate)
                return _chosen ??= Given() ?? Remembered() ?? Remember(Measure());
        }
        set
        {
            lock (Gate)
                _chosen = value;
        }
    }

    public static ProductLibrary Of(ProductForm form) => Chosen[(int)form];

    /// <summary>Such as <c>own,onednn,own</c>: forward, input gradient, weight gradient.</summary>
    public static string Text => Write(Chosen);

    /// <summary>Reads what <see cref="Text"/> writes; one name stands for all three.</summary>
    /// <exception cref="FormatException">Another word.</exception>
    public static IReadOnlyList<ProductLibrary> Parse(string text)
    {
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        if (words.Length == 1)
            words = [words[0], words[0], words[0]];
        if (words.Length == 3 && words.All(word => Enum.TryParse<ProductLibrary>(word, ignoreCase: true, out _) && !char.IsDigit(word[0])))
            return [.. words.Select(word => Enum.Parse<ProductLibrary>(word, ignoreCase: true))];
        throw new FormatException($"'{text}' names no product libraries: write own, onednn or mkl, or three of them with commas");
    }

    /// <summary>Measures afresh and remembers.</summary>
    public static IReadOnlyList<ProductLibrary> MeasureAgain()
    {
        lock (Gate)
            return _chosen = Remember(Measure());
    }

    private static string Write(IReadOnlyList<ProductLibrary> choice) =>
        string.Join(',', choice.Select(library => library.ToString().ToLowerInvariant()));

    private static IReadOnlyList<ProductLibrary>? Given() =>
        Environment.GetEnvironmentVariable("ASSAY_PRODUCTS") is { Length: > 0 } given ? Parse(given) : null;

    private static string FilePath =>
        Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "assay",
            "products.json"
        );

    private static string Key =>
        $"{ProcessorName.Value} | libtorch {LibtorchLoader.Version} {LibtorchLoader.Source} | {TorchRuntime.ThreadCount} threads | kernels 2";

    private static IReadOnlyList<ProductLibrary>? Remembered()
    {
        try
        {
            return ReadFile().TryGetValue(Key, out var text) ? Parse(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // A home that cannot be written costs a measurement at the next start, nothing else.
    private static IReadOnlyList<ProductLibrary> Remember(IReadOnlyList<ProductLibrary> choice)
    {
        try
        {
            var all = ReadFile();
            all[Key] = Write(choice);
            Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
            OutputFile.WriteAllText(FilePath, JsonSerializer.Serialize(all));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException) { }

        return choice;
    }

    private static Dictionary<string, string> ReadFile()
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(FilePath)) ?? [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            return [];
        }
    }

    private static IReadOnlyList<ProductLibrary> Measure()
    {
        using var scope = new TensorScope();
        var generator = new Generator(0);
        var x = Tensor.Uniform(generator, -1, 1, DType.Float32, Rows, Inputs);
        var weight = Tensor.Uniform(generator, -1, 1, DType.Float32, Outputs, Inputs);
        var gradient = Tensor.Uniform(generator, -1, 1, DType.Float32, Rows, Outputs);
        var target = Tensor.Zeros(DType.Float32, Outputs, Inputs);
        var measured = new Dictionary<(ProductForm, ProductLibrary), double>();
        // In turn, so that a change of the machine's speed meets all alike.
        for (var repeat = 0; repeat <= Repeats; repeat++)
        {
            foreach (var form in Enum.GetValues<ProductForm>())
            {
                foreach (var library in Candidates(form))
                {
                    using var inner = new TensorScope();
                    var start = Stopwatch.GetTimestamp();
                    Product.Run(form, library, x, weight, gradient, target);
                    var rate = 2.0 * Rows * Inputs * Outputs / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
                    // The first round loads code.
                    if (repeat > 0)
                        measured[(form, library)] = Math.Max(rate, measured.GetValueOrDefault((form, library)));
                }
            }
        }

        Measured = measured;
        return
        [
            .. Enum.GetValues<ProductForm>()
                .Select(form =>
                    Candidates(form)
                        .MaxBy(library =>
                            measured[(form, library)]
                            / library switch
                            {
                                ProductLibrary.OneDnn => OneDnnAdvantage,
                                ProductLibrary.Mkl => MklAdvantage,
                                _ => 1,
                            }
                        )
                ),
        ];
    }

    // oneDNN's entry cannot add to what is there.
    private static ProductLibrary[] Candidates(ProductForm form) =>
        form == ProductForm.WeightGradient
            ? [ProductLibrary.Own, ProductLibrary.Mkl]
            : [ProductLibrary.Own, ProductLibrary.OneDnn, ProductLibrary.Mkl];
}
