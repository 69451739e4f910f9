using System.Globalization;

namespace Assay.Ranks;

/// <summary>Who started several of this process, as the environment says.</summary>
/// <param name="Name">The program: <c>mpirun</c>, <c>mpiexec</c>, <c>srun</c> or <c>torchrun</c>.</param>
/// <param name="Rank">This process, from 0.</param>
/// <param name="Size">How many there are; 2 or more.</param>
/// <param name="LocalRank">Which of those on its host this is, from 0: the number of its device.</param>
public sealed record Launcher(string Name, int Rank, int Size, int LocalRank)
{
    private const string Torchrun = "torchrun";

    // Slurm sets SLURM_PROCID and SLURM_NTASKS in a batch script too, which is one process; the number of tasks of a step only srun sets.
    private static readonly (string Name, string Rank, string Size, string Local)[] Known =
    [
        ("mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK"),
        ("mpiexec", "PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID"),
        ("srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID"),
        (Torchrun, "RANK", "WORLD_SIZE", "LOCAL_RANK"),
    ];

    /// <summary>Whether it starts processes that MPI knows of.</summary>
    internal bool HasMpi => Name != Torchrun;

    /// <summary>What to call instead, for messages.</summary>
    internal string HowByMpi =>
        $"start them by mpirun -n {Size} assay …, or srun --mpi=pmix … (OpenMPI) or --mpi=pmi2 … (MPICH); on Kubernetes as an MPIJob (docs/scale.md)";

    /// <summary>The launcher of this process; null where it is the only one.</summary>
    public static Launcher? Find() => Find(Environment.GetEnvironmentVariable);

    /// <param name="environment">Gives a variable's value, or null.</param>
    internal static Launcher? Find(Func<string, string?> environment)
    {
        foreach (var (name, rank, size, local) in Known)
        {
            if (Number(environment(rank)) is not { } own || Number(environment(size)) is not { } all || own >= all)
                continue;
            // WORLD_SIZE alone is a name that anybody may use.
            if (name == Torchrun && environment("MASTER_ADDR") is null)
                continue;
            return all > 1 ? new Launcher(name, own, all, Number(environment(local)) ?? 0) : null;
        }
        return null;
    }

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
