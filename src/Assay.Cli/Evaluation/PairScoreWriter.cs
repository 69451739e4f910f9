using System.Text.Json;
using Assay.Data;
using Assay.Evaluation.Metrics;

namespace Assay.Cli.Evaluation;

/// <summary>Writes the score of every pair as JSON Lines that <c>--scores</c> reads back.</summary>
internal static class PairScoreWriter
{
    /// <param name="stream">Where to.</param>
    /// <param name="pairs">The scored pairs, in the order of the data.</param>
    /// <param name="setAside">Rows without a score, filled while <paramref name="pairs"/> are read: each becomes a line with its
    /// <c>error</c>, in its place.</param>
    public static void Write(Stream stream, IEnumerable<PairScore> pairs, PriorityQueue<SetAsideRow, (long Row, int Part)>? setAside = null)
    {
        var (row, part) = (0L, 0);
        foreach (var pair in pairs)
        {
            if (pair.Row != row)
                (row, part) = (pair.Row, 0);
            while (setAside?.TryPeek(out var before, out _) == true && (before.Row < row || (before.Row == row && before.Part <= part)))
            {
                if (before.Row == row)
                    part++;
                Error(setAside.Dequeue());
            }
            using (var json = new Utf8JsonWriter(stream))
                Write(json, pair);
            stream.WriteByte((byte)'\n');
            part++;
        }
        while (setAside?.TryDequeue(out var last, out _) == true)
            Error(last);

        void Error(SetAsideRow failed)
        {
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                json.WriteNumber("row", failed.Row);
                if (failed.Id is { } id)
                    json.WriteString("id", id);
                json.WriteString("error", failed.Reason);
                json.WriteEndObject();
            }
            stream.WriteByte((byte)'\n');
        }
    }

    private static void Write(Utf8JsonWriter json, Provenance provenance)
    {
        if (provenance.ChosenGenerator is { } chosen)
            json.WriteString("chosen_generator", chosen);
        if (provenance.RejectedGenerator is { } rejected)
            json.WriteString("rejected_generator", rejected);
        if (provenance.SamplingSettings is { } settings)
        {
            json.WritePropertyName("sampling_settings");
            settings.WriteTo(json);
        }
        if (provenance.LabellingBatch is { } batch)
            json.WriteString("labelling_batch", batch);
        if (provenance.Annotators is { } annotators)
        {
            json.WriteStartArray("annotators");
            foreach (var annotator in annotators)
                json.WriteStringValue(annotator);
            json.WriteEndArray();
        }
        if (provenance.ChosenPosition is { } position)
            json.WriteNumber("chosen_position", position);
    }

    private static void Write(Utf8JsonWriter json, PairScore pair)
    {
        json.WriteStartObject();
        WriteMembers(json, pair);
        json.WriteEndObject();
    }

    /// <summary>A pair's members, for lines that hold more than they.</summary>
    public static void WriteMembers(Utf8JsonWriter json, PairScore pair)
    {
        json.WriteNumber("row", pair.Row);
        if (pair.Id is { } id)
            json.WriteString("id", id);
        if (pair.Source is { } source)
            json.WriteString("source", source);
        if (pair.Provenance is { } provenance)
            Write(json, provenance);
        if (pair.Group is { } group)
            json.WriteString("group", group);
        WriteScore(json, "chosen_score", pair.ChosenScore);
        WriteScore(json, "rejected_score", pair.RejectedScore);
        json.WriteNumber("margin", pair.Margin);
        if (pair.MarginStd is { } spread)
            json.WriteNumber("margin_std", spread);
        if (pair.ChosenLength is { } chosen)
            json.WriteNumber("chosen_length", chosen);
        if (pair.RejectedLength is { } rejected)
            json.WriteNumber("rejected_length", rejected);
        if (pair.Digest is { } digest)
            json.WriteString("digest", digest.ToString());
        if (pair.Weight != 1)
            json.WriteNumber("weight", pair.Weight);
    }

    /// <summary>
    /// A model's scores are floats, those made elsewhere need not be: each is written with the fewest digits that read back to its bits.
    /// </summary>
    private static void WriteScore(Utf8JsonWriter json, string name, double score)
    {
        if (score == (float)score)
            json.WriteNumber(name, (float)score);
        else
            json.WriteNumber(name, score);
    }
}
