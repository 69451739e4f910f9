using System.Globalization;

namespace Assay.Ranks;

/// <summary>Who started several of this process, as the environment says.</summary>
/// <param name="Name">The program: <c>mpirun</c>, <c>mpiexec</c>, <c>srun</c> or <c>torchrun</c>.</param>
/// <param name="Rank">This process, from 0.</param>
/// <param name="Size">How many there are; 2 or more.</param>
public sealed record Launcher(string Name, int Rank, int Size)
{
    // Slurm sets SLURM_PROCID and SLURM_NTASKS in a batch script too, which is one process; the number of tasks of a step only srun sets.
    private static readonly (string Name, string Rank, string Size)[] Known =
    [
        ("mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"),
        ("mpiexec", "PMI_RANK", "PMI_SIZE"),
        ("srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS"),
        ("torchrun", "RANK", "WORLD_SIZE"),
    ];

    /// <summary>The launcher of this process; null where it is the only one.</summary>
    public static Launcher? Find() => Find(Environment.GetEnvironmentVariable);

    /// <param name="environment">Gives a variable's value, or null.</param>
    internal static Launcher? Find(Func<string, string?> environment)
    {
        foreach (var (name, rank, size) in Known)
        {
            if (Number(environment(rank)) is not { } own || Number(environment(size)) is not { } all || own >= all)
                continue;
            // WORLD_SIZE alone is a name that anybody may use.
            if (name == "torchrun" && environment("MASTER_ADDR") is null)
                continue;
            return all > 1 ? new Launcher(name, own, all) : null;
        }
        return null;
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
