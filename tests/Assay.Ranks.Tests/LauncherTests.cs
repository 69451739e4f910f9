namespace Assay.Ranks.Tests;

public class LauncherTests
{
    [Theory]
    [InlineData("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=4", "mpirun", 1, 4, 0)]
    [InlineData("PMI_RANK=3 PMI_SIZE=4 MPI_LOCALRANKID=1", "mpiexec", 3, 4, 1)]
    [InlineData("SLURM_PROCID=3 SLURM_STEP_NUM_TASKS=8 SLURM_NTASKS=8 SLURM_LOCALID=3", "srun", 3, 8, 3)]
    [InlineData("RANK=2 WORLD_SIZE=3 MASTER_ADDR=a LOCAL_RANK=2", "torchrun", 2, 3, 2)]
    // mpirun inside a step of srun
    [InlineData("OMPI_COMM_WORLD_RANK=1 OMPI_COMM_WORLD_SIZE=2 SLURM_PROCID=0 SLURM_STEP_NUM_TASKS=9", "mpirun", 1, 2, 0)]
    public void A_launcher_is_told_by_its_variables(string environment, string name, int rank, int size, int local) =>
        Assert.Equal(new Launcher(name, rank, size, local), Find(environment));

    [Theory]
    [InlineData("")]
    [InlineData("OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=1")]
    [InlineData("SLURM_PROCID=0 SLURM_NTASKS=8")] // a batch script is one process, however many it may start
    [InlineData("RANK=0 WORLD_SIZE=2")] // anybody's names
    [InlineData("PMI_RANK=x PMI_SIZE=2")]
    [InlineData("PMI_RANK=2 PMI_SIZE=2")]
    public void One_process_has_none(string environment) => Assert.Null(Find(environment));

    private static Launcher? Find(string environment)
    {
        var variables = environment
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(one => one.Split('='))
            .ToDictionary(one => one[0], one => one[1]);
        return Launcher.Find(variables.GetValueOrDefault);
    }
}
