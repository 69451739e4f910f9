namespace Assay.Ground.Files;

/// <summary>
/// What Assay puts into a model's folder beside the checkpoint itself, by name: several projects look for these files, and one of them owns
/// each.
/// </summary>
public static class ModelFolderNames
{
    /// <summary>How the model came to be, how it reads text and what it must answer.</summary>
    public const string Record = "assay.json";

    /// <summary>The training run, finished or not.</summary>
    public const string Run = "run.json";

    /// <summary>Losses, evaluations and alarms, a line each.</summary>
    public const string TrainLog = "train_log.jsonl";

    /// <summary>Rows that were not trained on, with their reasons.</summary>
    public const string Quarantine = "quarantine.jsonl";

    /// <summary>Which rows were trained on and which held out.</summary>
    public const string Split = "split.json";

    /// <summary>The gate's verdict.</summary>
    public const string Gate = "gate.json";

    /// <summary>The scores of the held-out set, against which one score is read.</summary>
    public const string ReferenceScores = "reference_scores.json";

    /// <summary>Digests of the rows that were trained on.</summary>
    public const string TrainingRows = "training_rows.bin";

    /// <summary>The model's card.</summary>
    public const string Card = "README.md";
}
