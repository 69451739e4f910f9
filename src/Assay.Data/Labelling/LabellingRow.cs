using System.Globalization;
using System.Text.Json;
using Assay.Data.Checking;

namespace Assay.Data.Labelling;

/// <summary>The letter under which a pair's first candidate is shown.</summary>
internal enum ShownSide
{
    A,
    B,
}

/// <summary>One pair as people see it, and as the key keeps it.</summary>
/// <param name="Id">Its name in both files.</param>
/// <param name="Source">The pair with why it was picked.</param>
/// <param name="First">Where its first candidate is shown.</param>
internal sealed record LabellingRow(string Id, LabellingPair Source, ShownSide First)
{
    private PreferencePair Pair => Source.Pair;

    private string ResponseA => First == ShownSide.A ? Pair.ChosenAnswer : Pair.RejectedAnswer;

    private string ResponseB => First == ShownSide.A ? Pair.RejectedAnswer : Pair.ChosenAnswer;

    public void WriteForPeople(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        json.WriteString("prompt", Pair.Prompt);
        json.WriteString("response_a", ResponseA);
        json.WriteString("response_b", ResponseB);
        json.WriteString("label", "");
        json.WriteStartObject("sampling");
        json.WriteString("reason", Source.Reason);
        WriteProbability(json, "probability");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public string ToCsv() =>
        string.Join(
            ',',
            (
                (string[])
                    [
                        Id,
                        Pair.Prompt,
                        ResponseA,
                        ResponseB,
                        "",
                        Source.Reason,
                        Source.Probability?.ToString("R", CultureInfo.InvariantCulture) ?? "",
                    ]
            ).Select(Cell)
        );

    /// <summary>The pair in TRL's form, with a first member <c>key</c>.</summary>
    public void WriteKey(Utf8JsonWriter json, string batch)
    {
        json.WriteStartObject();
        json.WriteStartObject("key");
        json.WriteString("id", Id);
        json.WriteString("chosen_is", First == ShownSide.A ? "a" : "b");
        json.WriteString("prompt", Pair.Prompt);
        json.WriteString("response_a", ResponseA);
        json.WriteString("response_b", ResponseB);
        json.WriteString("batch", batch);
        json.WriteString("reason", Source.Reason);
        WriteProbability(json, "probability");
        json.WriteStartArray("scores");
        foreach (var scores in Source.Scores)
        {
            json.WriteStartObject();
            json.WriteString("model", scores.Model);
            json.WriteNumber("chosen_score", scores.First);
            json.WriteNumber("rejected_score", scores.Second);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("file", Source.File);
        json.WriteNumber("line", Pair.Row);
        if (Pair.Part > 0)
            json.WriteNumber("part", Pair.Part);
        json.WriteEndObject();
        // Votes and margin were of another labelling; people are asked anew.
        PairJson.WriteProperties(
            json,
            Pair with
            {
                Votes = null,
                Margin = null,
                Provenance = Pair.Provenance is { } known
                    ? known with
                    {
                        Annotators = null,
                        ChosenPosition = null,
                        LabellingBatch = null,
                    }
                    : null,
            }
        );
        json.WriteString("label", "unlabelled");
        json.WriteEndObject();
    }

    private void WriteProbability(Utf8JsonWriter json, string name)
    {
        if (Source.Probability is { } probability)
            json.WriteNumber(name, probability);
        else
            json.WriteNull(name);
    }

    /// <summary>
    /// A spreadsheet runs a cell that begins with one of these as a formula ("- first" becomes #NAME?); an apostrophe before it makes it
    /// text (OWASP, CSV Injection). The merge takes it off again.
    /// </summary>
    private static string Cell(string text)
    {
        if (text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
            text = "'" + text;
        return text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"")}\"";
    }
}
