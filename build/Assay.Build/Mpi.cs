namespace Assay.Build;

/// <summary>
/// Sees to it that the tests of several processes find OpenMPI's <c>mpirun</c>: the one that is there, else the distribution's is
/// installed. CI tests with <c>ASSAY_NEEDS_MPI=1</c> where it is, under which a missing one fails them instead of skipping them.
/// </summary>
internal static class Mpi
{
    /// <summary>The launcher; null, with a reason on standard error, where there is none and none can be installed.</summary>
    public static string? Require()
    {
        if (Apt.OnPath("mpirun") is null && Apt.IsPossible)
            Apt.Install("openmpi-bin");
        var found = Apt.OnPath("mpirun");
        Console.Error.WriteLine(
            found is null
                ? "mpi: no mpirun here, and no rights or no apt-get to install one: install OpenMPI with your package manager"
                : $"mpi: {found}"
        );
        return found;
    }
}
