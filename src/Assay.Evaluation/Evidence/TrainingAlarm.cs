namespace Assay.Evaluation.Evidence;

/// <summary>Something that training warned of at an update, in its own words.</summary>
public sealed record TrainingAlarm(long Step, string Text, string? Name = null);
