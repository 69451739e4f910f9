namespace Assay.Evaluation.Audits.Probes;

/// <summary>
/// One way of rewriting an answer. Text only, deterministic, and never the prompt. Texts that are put in are English; what stands in the answer is cut and turned at words or text elements, so no script is broken.
/// </summary>
/// <param name="name">Snake case, as in <see cref="ProbeResult.Name"/>.</param>
/// <param name="description">What is done to the answer, and to which answers it applies, in a sentence or two.</param>
/// <param name="expectation">What a sound model does.</param>
/// <param name="source">Who described the weakness; null where it is folklore.</param>
public abstract class Probe(string name, string description, ProbeExpectation expectation, string? source = null)
{
    /// <summary>Every probe, in the order in which they are reported.</summary>
    public static IReadOnlyList<Probe> All { get; } =
    [
        new FillerPadding(), new FamiliarPadding(), new RepeatedAnswer(), new RestatedQuestion(), new ListAdded(), new BoldMarkup(), new EmojiAdded(), new Exclamations(), new Flattery(), new ConfidentTone(), new InventedReference(),
        new RefusalOpening(), new PromptInjection(), new TruncatedEnding(), new Typos(), new ShuffledWords(), new OtherAnswer(), new ConstantAnswer(), new WrongLanguage(), new EmptyAnswer(), new SwappedNames(),
    ];

    public string Name => name;

    public string Description => description;

    public ProbeExpectation Expectation => expectation;

    public string? Source => source;

    /// <summary>The answer rewritten, or null where the probe does not apply to it.</summary>
    public abstract string? Rewrite(ProbeInput input);
}
