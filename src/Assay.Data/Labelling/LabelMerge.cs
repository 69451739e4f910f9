using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Data.Agreement;
using Assay.Data.Reading;
using Assay.Ground.Files;

namespace Assay.Data.Labelling;

/// <summary>
/// Puts the labels that people gave back to their pairs: the side with more votes becomes chosen, every annotator's label stays as a vote,
/// and the row says that people labelled it and with which probability it was drawn. A pair without a winner stays, labelled <c>tie</c> or
/// <c>abstain</c>: the contract sets it aside and counts it.
/// </summary>
public static class LabelMerge
{
    /// <summary>The least share of the votes (ties counted, skips not) that the leading side needs.</summary>
    public const double DefaultMinAgreement = 0.5;

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the labelled pairs, in the order of the key.</summary>
    /// <param name="labels">Labelled files, of one annotator or of several.</param>
    /// <param name="key">The key that was written beside the file handed out.</param>
    /// <param name="output">Pair file to write; its folder must exist.</param>
    /// <param name="minAgreement">0..1, see <see cref="DefaultMinAgreement"/>.</param>
    /// <exception cref="DataFormatException">A label's id is not in the key, an annotator labelled a pair twice, or a file cannot be
    /// understood.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static LabelMergeReport Run(IReadOnlyList<string> labels, string key, string output, double minAgreement = DefaultMinAgreement)
    {
        var given = GivenLabels.Read(labels);
        string[] annotators =
        [
            .. given.Values.SelectMany(list => list.Select(label => label.Annotator)).Distinct().Order(StringComparer.Ordinal),
        ];
        var counts = annotators.ToDictionary(name => name, _ => new int[4]);
        var (edited, units, seen) = (new List<string>(), new List<double[]>(), new HashSet<string>(StringComparer.Ordinal));
        var outcomes = new int[Enum.GetValues<Outcome>().Length];
        using var file = new OutputFile(output);
        foreach (var (line, row) in JsonRows.Read(key))
        {
            if (row["key"] is not JsonObject handedOut || handedOut["id"]?.GetValue<string>() is not { } id)
                throw new DataFormatException(
                    $"{key}, line {line}: not a key: the member key is missing. The key is the file NAME.key.jsonl that label sample wrote beside the file it made"
                );
            if (!seen.Add(id))
                throw new DataFormatException($"{key}, line {line}: {id} stands in the key twice");
            var votes = given.GetValueOrDefault(id, []);
            edited.AddRange(votes.Where(label => label.IsEdited(handedOut)).Select(label => $"{label.File}, line {label.Line}: {id}"));
            votes = [.. votes.Where(label => !label.IsEdited(handedOut))];
            var unit = Enumerable.Repeat(double.NaN, annotators.Length).ToArray();
            foreach (var vote in votes)
            {
                counts[vote.Annotator][(int)vote.Label]++;
                if (vote.Label != Vote.Abstain)
                    unit[Array.IndexOf(annotators, vote.Annotator)] = (int)vote.Label;
            }
            units.Add(unit);
            var outcome = Decide(votes, minAgreement);
            outcomes[(int)outcome]++;
            if (outcome == Outcome.Unlabelled)
                continue;
            JsonSerializer.Serialize(file.Stream, Merged(row, handedOut, votes, outcome), Json);
            file.Stream.WriteByte((byte)'\n');
        }
        if (given.Values.SelectMany(list => list).FirstOrDefault(label => !seen.Contains(label.Id)) is { } stray)
            throw new DataFormatException(
                $"{stray.File}, line {stray.Line}: {stray.Id} is not in {key}; give the key that belongs to this file"
            );
        file.Commit();
        var table = VoteTable.OfNumbers(units, [(int)Vote.Chosen, (int)Vote.Rejected, (int)Vote.Tie]);
        return new LabelMergeReport
        {
            HandedOut = seen.Count,
            Decided = outcomes[(int)Outcome.Decided],
            Ties = outcomes[(int)Outcome.Tie],
            LowAgreement = outcomes[(int)Outcome.LowAgreement],
            Skipped = outcomes[(int)Outcome.Skipped],
            Unlabelled = outcomes[(int)Outcome.Unlabelled],
            Edited = edited,
            Annotators =
            [
                .. counts
                    .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                    .Select(entry => new AnnotatorLabels(
                        entry.Key,
                        entry.Value[(int)Vote.Chosen],
                        entry.Value[(int)Vote.Rejected],
                        entry.Value[(int)Vote.Tie],
                        entry.Value[(int)Vote.Abstain]
                    )),
            ],
            Agreement = PairwiseAgreement.Of(table),
            Alpha = KrippendorffAlpha.Of(table, MeasurementLevel.Nominal),
        };
    }

    private enum Outcome
    {
        Decided,
        Tie,
        LowAgreement,
        Skipped,
        Unlabelled,
    }

    private static Outcome Decide(IReadOnlyList<GivenLabel> votes, double minAgreement)
    {
        if (votes.Count == 0)
            return Outcome.Unlabelled;
        int a = Count(votes, Vote.Chosen),
            b = Count(votes, Vote.Rejected),
            cast = a + b + Count(votes, Vote.Tie);
        return cast == 0 ? Outcome.Skipped
            : a == b ? Outcome.Tie
            : (double)Math.Max(a, b) / cast < minAgreement ? Outcome.LowAgreement
            : Outcome.Decided;
    }

    private static int Count(IReadOnlyList<GivenLabel> votes, Vote label) => votes.Count(vote => vote.Label == label);

    private static JsonObject Merged(JsonObject row, JsonObject handedOut, IReadOnlyList<GivenLabel> votes, Outcome outcome)
    {
        var aWon = Count(votes, Vote.Chosen) >= Count(votes, Vote.Rejected);
        var swap = aWon != (handedOut["chosen_is"]!.GetValue<string>() == "a");
        var provenance = row["provenance"] is JsonObject known ? known.DeepClone().AsObject() : [];
        if (swap)
            Exchange(provenance, "chosen_generator", "rejected_generator");
        provenance["chosen_position"] = aWon ? 1 : 2;
        provenance["labelling_batch"] = handedOut["batch"]!.DeepClone();
        provenance["annotators"] = new JsonArray([.. votes.Select(vote => (JsonNode)vote.Annotator)]);
        provenance["label_source"] = "human";
        if (handedOut["probability"] is { } probability)
            provenance["sampling_probability"] = probability.DeepClone();
        provenance["sampling_reason"] = handedOut["reason"]!.DeepClone();
        var merged = new JsonObject { ["assay"] = Origin(row, handedOut), ["id"] = handedOut["id"]!.DeepClone() };
        foreach (var (name, value) in row)
            if (name is not ("key" or "id" or "label" or "provenance"))
                merged[name] = value?.DeepClone();
        if (swap)
            Exchange(merged, "chosen", "rejected");
        merged["label"] = outcome switch
        {
            Outcome.Decided => "chosen",
            Outcome.Skipped => "abstain",
            _ => "tie",
        };
        merged["votes"] = new JsonArray([
            .. votes.Select(vote => (JsonNode)new JsonObject { ["annotator"] = vote.Annotator, ["vote"] = Word(vote.Label, aWon) }),
        ]);
        merged["provenance"] = provenance;
        // So that the file is also the score file of the first model: the scores of before stand by the other sides.
        if (handedOut["scores"]?.AsArray().FirstOrDefault() is { } scores)
        {
            merged["chosen_score"] = scores[swap ? "rejected_score" : "chosen_score"]!.DeepClone();
            merged["rejected_score"] = scores[swap ? "chosen_score" : "rejected_score"]!.DeepClone();
        }
        return merged;
    }

    private static JsonObject Origin(JsonObject row, JsonObject handedOut)
    {
        var origin = new JsonObject();
        foreach (var name in (ReadOnlySpan<string>)["file", "line", "part"])
            if (handedOut[name] is { } value)
                origin[name] = value.DeepClone();
        if (row["id"] is { } id)
            origin["id"] = id.DeepClone();
        return origin;
    }

    private static string Word(Vote label, bool aWon) =>
        label switch
        {
            Vote.Chosen => aWon ? "chosen" : "rejected",
            Vote.Rejected => aWon ? "rejected" : "chosen",
            Vote.Tie => "tie",
            _ => "abstain",
        };

    private static void Exchange(JsonObject owner, string one, string other)
    {
        JsonNode? first = owner[one]?.DeepClone(),
            second = owner[other]?.DeepClone();
        Set(one, second);
        Set(other, first);

        void Set(string name, JsonNode? value)
        {
            if (value is null)
                owner.Remove(name);
            else
                owner[name] = value;
        }
    }
}
