namespace Assay.Reward.Training;

/// <summary>How a run begins.</summary>
public enum RunStart
{
    /// <summary>At the first update, into a folder that holds no run.</summary>
    Fresh,

    /// <summary>Of the run that the folder holds, from its newest complete checkpoint; at the first update where it has none yet.</summary>
    Resume,
}
