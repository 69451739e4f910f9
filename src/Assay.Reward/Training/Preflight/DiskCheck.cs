namespace Assay.Reward.Training.Preflight;

/// <summary>
/// Whether the disk has room for what a run will hold at once: its checkpoints, one more while it is written, and the model.
/// </summary>
internal static class DiskCheck
{
    /// <param name="modelBytes">Of the saved weights.</param>
    /// <param name="stateBytes">Of the optimiser's moments.</param>
    /// <param name="checkpoints">How many are held at once.</param>
    /// <param name="free">Bytes that are free; null where nobody knows.</param>
    public static PreflightFinding Judge(long modelBytes, long stateBytes, long checkpoints, long? free)
    {
        var wanted = modelBytes + (checkpoints * (modelBytes + stateBytes));
        var seen =
            $"{checkpoints} checkpoints of {DiskRoom.Text(modelBytes + stateBytes)} and the model take {DiskRoom.Text(wanted)} at most, {(free is { } bytes ? $"{DiskRoom.Text(bytes)} are free" : "how much is free is not known")}";
        return free is null || free >= wanted
            ? new("disk_room", true, seen)
            : new("disk_room", false, $"{seen}: set save_total_limit or a larger save_steps, or name an output_dir with more room");
    }
}
