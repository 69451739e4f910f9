using System.Globalization;
using Assay.Evaluation.Statistics;

namespace Assay.Evaluation.Endpoints;

/// <summary>
/// Compares a server's scores with ours: conversation by conversation, in rank, in scale, and in what its numbers went through. Each
/// conversation is asked for alone, then all in one request, then in the other forms that the dialect has, so that a tokenizer, a chat
/// template and a batch that change scores are told from each other.
/// </summary>
public sealed class EndpointCheck
{
    /// <summary>With fewer conversations nothing can be said of ranks and scale.</summary>
    public const int FewestConversations = 6;

    /// <summary>Shares of the spread: bf16 servers lie within some thousandths to hundredths of it.</summary>
    public const double UsualTolerance = 0.05;

    private const double Tiny = 1e-6;

    private readonly EndpointClient _client;
    private readonly IReadOnlyList<EndpointItem> _items;
    private readonly double _tolerance;

    /// <param name="client">The server.</param>
    /// <param name="items">What is compared, with our scores.</param>
    /// <param name="tolerance">The largest difference that counts as the same, as a share of the standard deviation of our scores.</param>
    public EndpointCheck(EndpointClient client, IReadOnlyList<EndpointItem> items, double tolerance = UsualTolerance) =>
        (_client, _items, _tolerance) = (client, items, tolerance);

    /// <summary>Asks and compares.</summary>
    /// <param name="fingerprint">Of our model.</param>
    /// <param name="named">The dialect to ask in; null to find one that the server answers.</param>
    /// <param name="model">The model's name there; null for the first of its list.</param>
    /// <param name="refusedByUs">Conversations that our own model did not score.</param>
    /// <exception cref="EvaluationException">The server cannot be reached.</exception>
    public EndpointReport Run(
        string fingerprint,
        EndpointDialect? named = null,
        string? model = null,
        int refusedByUs = 0,
        CancellationToken cancellationToken = default
    )
    {
        var report = new EndpointReport
        {
            Verdict = EndpointVerdict.CannotTell,
            Endpoint = _client.Address.ToString(),
            Model = fingerprint,
            Tolerance = _tolerance,
            Refused = refusedByUs,
        };
        if (_items.Count < FewestConversations)
            return With(report, "refused", $"{_items.Count} conversations that our model scores; wanted {FewestConversations} or more");
        model ??= _client.FirstModel(cancellationToken);
        var tried = new Dictionary<string, string>();
        var dialect = (named is null ? EndpointDialect.All : [named]).FirstOrDefault(one => Speaks(one, model, tried, cancellationToken));
        report = report with { ServedModel = model, Tried = tried, Dialect = dialect?.Name };
        if (dialect is null)
            return With(
                report,
                "refused",
                $"the server answers in none of the dialects tried ({string.Join(", ", tried.Keys)}): name one with --dialect, and the model with --endpoint-model"
            );
        return Compared(report, dialect, model, cancellationToken);
    }

    private bool Speaks(EndpointDialect dialect, string? model, Dictionary<string, string> tried, CancellationToken cancellationToken)
    {
        if (dialect.FormsOf(_items) is not [var form, ..])
        {
            tried[dialect.Name] =
                "no text that this dialect can send makes the model's ids: its servers put the tokenizer's special tokens around every text, and the chat template does without them";
            return false;
        }
        // One conversation may be too long for it.
        var answer = _client.Ask(dialect, [_items.MinBy(item => item.Ids.Count)!], form, model, cancellationToken);
        if (answer.Numbers is not null)
            return true;
        tried[dialect.Name] = answer.Instead!;
        return false;
    }

    private EndpointReport Compared(EndpointReport report, EndpointDialect dialect, string? model, CancellationToken cancellationToken)
    {
        var usable = dialect.FormsOf(_items);
        var asked = Alone(dialect, usable[0], model, cancellationToken);
        (EndpointItem Item, double[] Numbers)[] both =
        [
            .. _items
                .Zip(asked)
                .Where(one =>
                    one.Second.Numbers is not null && one.Second.Numbers[0].All(double.IsFinite) && one.Second.Numbers[0].Length > 0
                )
                .Select(one => (one.First, one.Second.Numbers![0])),
        ];
        var refusals = asked
            .Where(answer => answer.Numbers is null || answer.Numbers[0].Length == 0 || !answer.Numbers[0].All(double.IsFinite))
            .ToList();
        report = report with
        {
            Conversations = both.Length,
            Refused = report.Refused + refusals.Count,
            FirstRefusal = refusals.Count == 0 ? null : refusals[0].Instead ?? "numbers that are not finite",
        };
        if (both.Length < FewestConversations)
            return With(
                report,
                "refused",
                $"the server scored {both.Length} of {_items.Count} conversations; wanted {FewestConversations} or more. It said: {report.FirstRefusal}"
            );
        // Where there are several numbers, the last is what clients such as verl take.
        double[] ours = [.. both.Select(one => one.Item.Score)],
            theirs = [.. both.Select(one => one.Numbers[^1])];
        var spread = Deviation(ours);
        if (spread < Tiny)
            return With(
                report with
                {
                    Spread = spread,
                },
                "constant",
                "our own model gives all conversations the same score: nothing can be compared"
            );
        report = Measured(report, both, ours, theirs, spread);
        var together = dialect.TakesSeveral(usable[0])
            ? _client.Ask(dialect, [.. both.Select(one => one.Item)], usable[0], model, cancellationToken)
            : null;
        double[]? batch =
            together?.Numbers is { } numbers && numbers.All(one => one.Length > 0) ? [.. numbers.Select(one => one[^1])] : null;
        if (batch is not null)
            report = report with { LargestBatchDifference = Largest(theirs, batch) };
        FormAgreement[] forms =
        [
            new(usable[0], report.LargestDifference, report.Kendall, null),
            .. usable.Skip(1).Select(form => Agreement(dialect, form, model, both, ours, cancellationToken)),
        ];
        report = report with { Forms = forms };
        List<EndpointFinding> findings = [.. Judge(report, both, ours, theirs, batch, together?.Instead)];
        return report with
        {
            Findings = findings,
            Verdict = findings.Exists(finding => finding.Code is not ("chat_template" or "refused"))
                ? EndpointVerdict.Differs
                : EndpointVerdict.Same,
        };
    }

    private static EndpointReport Measured(
        EndpointReport report,
        (EndpointItem Item, double[] Numbers)[] both,
        double[] ours,
        double[] theirs,
        double spread
    )
    {
        var varies = Deviation(theirs) > Tiny * Math.Max(1, theirs.Max(Math.Abs));
        var pairs = both.Where(one => one.Item.Pair is not null)
            .GroupBy(one => one.Item.Pair)
            .Select(group => group.ToArray())
            .Where(sides => sides.Length == 2 && sides[0].Item.Score != sides[1].Item.Score)
            .ToList();
        return report with
        {
            Spread = spread,
            Width = both[0].Numbers.Length,
            LargestDifference = Largest(ours, theirs),
            Kendall = varies ? KendallTau.Of(ours, theirs).B : double.NaN,
            Spearman = varies ? Correlation.Spearman(ours, theirs).Coefficient : double.NaN,
            Activation = varies ? ActivationFit.Of(ours, theirs) : ActivationFit.Unknown,
            Pairs = pairs.Count,
            PairsInOurOrder = pairs.Count(sides =>
                Math.Sign(sides[0].Item.Score - sides[1].Item.Score) == Math.Sign(sides[0].Numbers[^1] - sides[1].Numbers[^1])
            ),
        };
    }

    private FormAgreement Agreement(
        EndpointDialect dialect,
        EndpointForm form,
        string? model,
        (EndpointItem Item, double[] Numbers)[] both,
        double[] ours,
        CancellationToken cancellationToken
    )
    {
        var scores = new double[both.Length];
        for (var i = 0; i < both.Length; i++)
        {
            var answer = _client.Ask(dialect, [both[i].Item], form, model, cancellationToken);
            if (answer.Numbers is not [{ Length: > 0 } numbers] || !double.IsFinite(numbers[^1]))
                return new(form, double.NaN, double.NaN, answer.Instead ?? "numbers that are not finite");
            scores[i] = numbers[^1];
        }
        return new(form, Largest(ours, scores), Deviation(scores) > 0 ? KendallTau.Of(ours, scores).B : double.NaN, null);
    }

    private IEnumerable<EndpointFinding> Judge(
        EndpointReport report,
        (EndpointItem Item, double[] Numbers)[] both,
        double[] ours,
        double[] theirs,
        double[]? batch,
        string? refusedBatch
    )
    {
        var allowed = _tolerance * report.Spread;
        var isSame = report.LargestDifference <= allowed;
        if (report.Width != 1)
            yield return new(
                "width",
                $"{report.Width} numbers for a conversation, wanted one: {Guess(both)}. Compared is the last of them"
            );
        var areUnits = both.All(one => Math.Abs(Math.Sqrt(one.Numbers.Sum(number => number * number)) - 1) < 1e-3);
        if (
            areUnits
            && report.Width > 1
            && !both.All(one => Math.Abs(one.Numbers.Sum() - 1) < 1e-3 && one.Numbers.All(number => number >= 0))
        )
            yield return new(
                "normalised",
                $"every vector has the length 1: the server normalises embeddings, and the size of a score is lost. Serve the model as a reward model (vLLM: --convert classify; SGLang: --is-embedding with a reward model's architecture)"
            );
        else if (areUnits && report.Width == 1 && theirs.Any(number => number < 0))
            yield return new(
                "normalised",
                "every score is 1 or -1: the server normalises its vector of one number, and only the sign is left. Switch the normalisation off (vLLM: --override-pooler-config '{\"normalize\": false}')"
            );
        else if (Deviation(theirs) <= Tiny * Math.Max(1, theirs.Max(Math.Abs)))
            yield return new(
                "constant",
                Math.Abs(theirs[0] - 1) < 1e-3
                    ? "every score is 1: a softmax over the one label. Ask for raw logits (use_activation, raw_scores), or switch the activation off where the server starts"
                    : Invariant($"every score is {theirs[0]:0.####}: the server does not read the text, or its head is not the model's")
            );
        else if (!isSame)
        {
            foreach (var finding in Different(report, both.Length))
                yield return finding;
        }
        if (
            report.Forms.Skip(1).FirstOrDefault(form => form.Form == EndpointForm.Ids) is { Instead: null } ids
            && ids.LargestDifference <= allowed
            && !isSame
        )
            yield return new(
                "text",
                "asked by token ids the scores are the same: the server's tokenizer makes other ids of the text, most often its first token twice or not at all (add_special_tokens)"
            );
        if (
            report.Forms.FirstOrDefault(form => form.Form == EndpointForm.Messages && report.Forms[0].Form != EndpointForm.Messages)
                is { } turns
            && isSame
            && !(turns.LargestDifference <= allowed)
        )
            yield return new(
                "chat_template",
                turns.Instead is { } said
                    ? $"asked by turns it gives no score: {said}; send it rendered texts"
                    : Invariant(
                        $"asked by turns its scores differ by up to {turns.LargestDifference:0.####}: its chat template is another one; send it rendered texts"
                    )
            );
        if (batch is not null && Largest(theirs, batch) > allowed)
        {
            var isShuffled = theirs.Order().Zip(batch.Order()).All(one => Math.Abs(one.First - one.Second) <= allowed);
            yield return isShuffled
                ? new(
                    "request_order",
                    "several conversations in one request are answered in another order than they were sent, and without an index: ask one at a time"
                )
                : new(
                    "batch",
                    Invariant(
                        $"a score changes by up to {Largest(theirs, batch):0.####} with what else the request holds{(Math.Abs(batch.Sum() - 1) < 1e-3 ? ": a softmax over the request" : ": padding reaches the scored token, or scores are normalised over the request")}; ask one at a time"
                    )
                );
        }
        if (batch is null && refusedBatch is not null)
            yield return new("refused", $"several conversations in one request are not answered: {refusedBatch}");
        if (report.Refused > 0)
            yield return new(
                "refused",
                $"{report.Refused} conversations have no score{(report.FirstRefusal is { } first ? $"; the first: {first}" : "")}"
            );
    }

    private static IEnumerable<EndpointFinding> Different(EndpointReport report, int count)
    {
        var fit = report.Activation;
        if (report.Kendall < -0.9)
            yield return new("reversed", "the order is reversed: the number is that of the other label, or a loss");
        if (fit.Name is "sigmoid" or "softmax")
        {
            yield return new(
                "activation",
                Invariant(
                    $"the numbers went through a {fit.Name} (r² {fit.RSquared:0.0000}): ask for raw logits (vLLM: use_activation false, TEI: raw_scores true), or undo it"
                )
            );
            if (Math.Abs(fit.Slope - 1) > 0.05 || Math.Abs(fit.Offset) > 0.1)
                yield return new(
                    "scale",
                    Invariant($"before the {fit.Name} they are {fit.Slope:0.###} of ours {fit.Offset:+0.###;-0.###}")
                );
        }
        else if (fit.Name == "none")
            yield return new(
                "scale",
                Invariant(
                    $"the numbers are {fit.Slope:0.###} of ours {fit.Offset:+0.###;-0.###} (r² {fit.RSquared:0.0000}): the order is kept, the scale is not"
                )
            );
        else if (report.Kendall > 0.95)
            yield return new(
                "differs",
                Invariant(
                    $"the order is nearly ours (Kendall {report.Kendall:0.000}), but no known activation leads from our scores to its numbers"
                )
            );
        else if (report.Kendall >= -0.9)
            yield return new(
                "ranks",
                Invariant(
                    $"the order is another one (Kendall {report.Kendall:0.000} over {count}): other weights, another text or a broken head. Largest difference {report.LargestDifference:0.####}, spread of our scores {report.Spread:0.####}"
                )
            );
    }

    private IReadOnlyList<EndpointAnswer> Alone(
        EndpointDialect dialect,
        EndpointForm form,
        string? model,
        CancellationToken cancellationToken
    ) => [.. _items.Select(item => _client.Ask(dialect, [item], form, model, cancellationToken))];

    private static string Guess((EndpointItem Item, double[] Numbers)[] both)
    {
        var width = both[0].Numbers.Length;
        if (both.Any(one => one.Numbers.Length != width))
            return "a number for each token: a process reward model's answer, or one without pooling";
        if (both.All(one => one.Numbers.All(number => number >= 0) && Math.Abs(one.Numbers.Sum() - 1) < 1e-3))
            return $"shares of {width} labels, a softmax: serve a model with one label (assay merge --positive-label makes one of two)";
        return width <= 16 ? $"a head of {width} labels" : "the hidden state of a model without its head, an embedding";
    }

    private static double Largest(double[] a, double[] b) => a.Zip(b, (one, other) => Math.Abs(one - other)).Max();

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static EndpointReport With(EndpointReport report, string code, string text) => report with { Findings = [new(code, text)] };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
