namespace Assay.Ranks.Nccl;

/// <summary>How long ranks may wait for each other, and who is told.</summary>
/// <param name="Silence">After it waiting is told once.</param>
/// <param name="Longest">After it the work is ended; infinite where others find out who is lost.</param>
/// <param name="Noticed">Told, from another thread.</param>
/// <param name="Lost">Told of the end, from another thread.</param>
internal sealed record NcclWatch(TimeSpan Silence, TimeSpan Longest, Action<string> Noticed, Action<RankFaultException>? Lost);
