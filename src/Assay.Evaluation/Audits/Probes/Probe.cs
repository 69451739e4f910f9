namespace Assay.Evaluation.Audits.Probes;

/// <summary>
/// One way of rewriting an answer. Text only, deterministic, and never the prompt. Texts that are put in are English; what stands in the
/// answer is cut and turned at words or text elements, so no script is broken.
/// </summary>
/// <param name="name">Snake case, as in <see cref="ProbeResult.Name"/>.</param>
/// <param name="description">What is done to the answer, and to which answers it applies, in a sentence or two.</param>
/// <param name="expectation">What a sound model does.</param>
/// <param name="source">Who described the weakness; null where it is folklore.</param>
public abstract class Probe(string name, string description, ProbeExpectation expectation, string? source = null)
{
    /// <summary>Where the mechanical rewritings are from: of its kinds those that need no model, put on the answer alone.</summary>
    private protected const string ReWordBench =
        "after Wu et al. 2025, reWordBench: Benchmarking and Improving the Robustness of Reward Models with Transformed Inputs (arXiv 2503.11751)";

    /// <summary>Every probe, in the order in which they are reported.</summary>
    public static IReadOnlyList<Probe> All { get; } =
    [
        new FillerPadding(),
        new FamiliarPadding(),
        new RepeatedAnswer(),
        new RestatedQuestion(),
        new ListAdded(),
        new BoldMarkup(),
        new EmojiAdded(),
        new Exclamations(),
        new Flattery(),
        new ConfidentTone(),
        new InventedReference(),
        new RefusalOpening(),
        new PromptInjection(),
        new CodeFenceAdded(),
        new TautologyAdded(),
        new HandleAdded(),
        new TruncatedEnding(),
        new Typos(),
        new ShuffledWords(),
        new ConstantAnswer(),
        new WrongLanguage(),
        new EmptyAnswer(),
        new OtherAnswer(),
        .. MasterKey.Keys,
        new SwappedNames(),
        new ExtraWhiteSpace(),
        new QuotesAdded(),
        new PunctuationSpaced(),
        new LowerCase(),
        new CodeFencesSwapped(),
        new BoxedSwapped(),
    ];

    /// <summary>The most scorings that all probes ask for a pair; fewer where a probe does not apply.</summary>
    public static int MostScorings => All.Sum(probe => probe.RewritesBothSides ? 2 : 1);

    public string Name => name;

    public string Description => description;

    public ProbeExpectation Expectation => expectation;

    public string? Source => source;

    /// <summary>
    /// Whether both answers of a pair are rewritten, or the preferred one alone: a damaged bad answer may well be less bad. So a probe
    /// costs at most two scorings a pair, or one.
    /// </summary>
    public bool RewritesBothSides => expectation is ProbeExpectation.NotRise or ProbeExpectation.NotMove;

    /// <summary>The answer rewritten, or null where the probe does not apply to it.</summary>
    public abstract string? Rewrite(ProbeInput input);
}
