using System.Text;
using Assay.Data.Splits;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;

namespace Assay.Report.Sections;

/// <summary>What the model was trained on, what was set aside, and the proof that nothing of the hold-out was among it.</summary>
internal static class DataSection
{
    private const int MostSettings = 80;

    public static void Draw(StringBuilder page, TrainingRecord training)
    {
        page.AppendHtml(
            $"<p>{Figure.Count(training.Rows)} rows: {Figure.Count(training.TrainPairs)} pairs to train on, {Figure.Count(training.EvalPairs)} held out, {Figure.Count(training.LeftOutOfSplit)} on neither side of the split, {Figure.Count(training.SetAside.Values.Sum())} set aside{(training.SetAside.Count > 0 ? $" ({Words.Of(training.SetAside)})" : "")}.</p>"
        );
        if (training.BaseModel is { } start)
            page.AppendHtml($"<p>Training began with <code>{start}</code>.</p>");
        HtmlTable.Write(
            page,
            "Files of the training run",
            ["file", "what", "SHA-256"],
            training
                .Data.Select(file => (IReadOnlyList<Cell>)[Cell.Code(file.Path), "data", Cell.Code(file.Sha256)])
                .Concat(
                    training.BaseModelFiles.Select(file =>
                        (IReadOnlyList<Cell>)[Cell.Code(file.Path), "base model", Cell.Code(file.Sha256)]
                    )
                )
        );
        page.Append("<h3>Split</h3>");
        if (training.Split is { } split)
            Split(page, split);
        else
            page.Append(
                "<p class=\"missing\"><b>Missing.</b> The folder holds no split of one data file, so nothing here shows that the hold-out was not trained on. What proves it: <code>assay split --data FILE --output-dir SPLIT</code>, then <code>assay train --split SPLIT/split.json</code></p>"
            );
        if (training.Settings.Count == 0)
            return;
        page.Append("<details><summary>Settings of the training run</summary>");
        HtmlTable.WriteSome(
            page,
            "Settings",
            ["setting", "value"],
            training.Settings,
            MostSettings,
            ModelFolderNames.Record,
            setting => [Cell.Code(setting.Key), Cell.Code(setting.Value)]
        );
        page.Append("</details>\n");
    }

    private static void Split(StringBuilder page, PairSplit split)
    {
        page.AppendHtml(
            $"<p>{split.Train.Count} lines to train on, {split.Heldout.Count} held out, {split.Removed.Count} removed because they are like a held-out line, {split.LeftOut.Count} no usable pair. Rule: {split.Rule}</p>"
        );
        if (split.Proof is not { } proof)
        {
            page.Append(
                "<p class=\"warning\">The split lists lines but holds no proof: overlap between its sides was not counted. <code>assay split</code> writes one.</p>"
            );
            return;
        }
        string[] names =
        [
            "groups on both sides",
            "openings on both sides",
            "exact prompts on both sides",
            "normalised texts on both sides",
            "near-duplicates on both sides",
            "largest similarity left",
        ];
        string[] found =
        [
            Figure.Undefined,
            Figure.Undefined,
            Figure.Count(proof.Found.ExactPrompt),
            Figure.Count(proof.Found.NormalizedText),
            Figure.Count(proof.Found.NearDuplicate),
            Figure.Undefined,
        ];
        string[] left =
        [
            Figure.Count(proof.GroupsOnBothSides),
            Figure.Count(proof.OpeningsOnBothSides),
            Figure.Count(proof.Left.ExactPrompt),
            Figure.Count(proof.Left.NormalizedText),
            Figure.Count(proof.Left.NearDuplicate),
            Figure.Number(proof.LargestSimilarity),
        ];
        HtmlTable.Write(
            page,
            "Proof of the split",
            ["overlap", "found#", "left#"],
            names.Select((name, i) => (IReadOnlyList<Cell>)[name, found[i], left[i]])
        );
        page.AppendHtml(
            $"<p class=\"note\">{proof.TrainGroups} groups to train on, {proof.HeldoutGroups} held out, the largest of {proof.LargestGroupRows} rows. Training rows <code>{proof.TrainHash}</code>, held-out rows <code>{proof.HeldoutHash}</code>.</p>"
        );
        if (proof.Benchmarks.Count > 0)
            HtmlTable.Write(
                page,
                "Overlap with benchmarks",
                ["benchmark", "its rows#", "training rows left#", "held-out rows#", "rows removed#"],
                proof.Benchmarks.Select(overlap =>
                    (IReadOnlyList<Cell>)
                        [
                            Cell.Code(overlap.File),
                            Figure.Count(overlap.Rows),
                            Figure.Count(overlap.TrainRows),
                            Figure.Count(overlap.HeldoutRows),
                            Figure.Count(overlap.RemovedRows),
                        ]
                )
            );
    }
}
