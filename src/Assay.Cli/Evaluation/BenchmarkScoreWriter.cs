using System.Text.Json;
using Assay.Evaluation.Benchmarks;
using Assay.Ground.Files;

namespace Assay.Cli.Evaluation;

/// <summary>
/// Writes what each benchmark row scored as JSON Lines that <c>--scores</c> reads back: a line a row of two answers, else a line an answer
/// with the id <c>ID/N</c>, right answers first; rows left out have their reason.
/// </summary>
internal static class BenchmarkScoreWriter
{
    public static void Write(string path, IEnumerable<ScoredBenchmarkRow> rows, IEnumerable<(BenchmarkRow Row, string Reason)> leftOut)
    {
        using var file = new OutputFile(path);
        foreach (var row in rows)
        {
            if (row.Row is { Answers.Count: 2, CorrectCount: 1 })
            {
                Line(
                    file.Stream,
                    row.Row,
                    row.Row.Id,
                    json =>
                    {
                        Number(json, "chosen_score", row.Scores[0]);
                        Number(json, "rejected_score", row.Scores[1]);
                    }
                );
                continue;
            }
            for (var i = 0; i < row.Scores.Count; i++)
            {
                Line(
                    file.Stream,
                    row.Row,
                    $"{row.Row.Id}/{i}",
                    json =>
                    {
                        json.WriteBoolean("right", i < row.Row.CorrectCount);
                        Number(json, "score", row.Scores[i]);
                    }
                );
            }
        }
        foreach (var (row, reason) in leftOut)
        {
            if (row is { Answers.Count: 2, CorrectCount: 1 })
                Line(file.Stream, row, row.Id, json => json.WriteString("error", reason));
            else
                for (var i = 0; i < row.Answers.Count; i++)
                    Line(file.Stream, row, $"{row.Id}/{i}", json => json.WriteString("error", reason));
        }
        file.Commit();
    }

    private static void Line(Stream stream, BenchmarkRow row, string id, Action<Utf8JsonWriter> fields)
    {
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("subset", row.Subset);
            fields(json);
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        // What is undefined is written by its name, which the reader of scores takes.
        if (!double.IsFinite(value))
            json.WriteString(
                name,
                double.IsNaN(value) ? "NaN"
                    : value > 0 ? "Infinity"
                    : "-Infinity"
            );
        // A model's scores are floats: written as such they are short and read back to the same bits.
        else if ((float)value == value)
            json.WriteNumber(name, (float)value);
        else
            json.WriteNumber(name, value);
    }
}
