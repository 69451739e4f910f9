using System.CommandLine;
using System.Globalization;
using Assay.Models;
using Assay.Ranks;
using Assay.Reward;
using Assay.Reward.Scoring;
using Assay.Reward.Training.DataParallel;
using Assay.Torch;

namespace Assay.Cli;

/// <summary>
/// This process as one of several that a launcher started (mpirun, srun, torchrun). Of verbs that train all run the same, and the first
/// writes and speaks; of verbs that score the first runs the verb, and the others help it; other verbs are refused, which would write the
/// same files side by side.
/// </summary>
internal static class RankedRun
{
    /// <summary>Seconds without a sign of life after which a rank is taken for lost.</summary>
    public const double UsualTimeout = 60;

    /// <summary>What the first rank does wrong it says first: then the launcher ends the others before they say it again.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(1.5),
        Patience = TimeSpan.FromSeconds(5);

    private static Communicator _ranks = Communicator.Alone;
    private static ScoringRanks? _scoring;

    /// <summary>An option of verbs that can be run by several processes.</summary>
    public static Option<double> Timeout() =>
        new("--rank-timeout")
        {
            Description =
                "Under mpirun, srun or torchrun: seconds without a sign of life after which a rank is taken for lost and all end.",
            DefaultValueFactory = _ => UsualTimeout,
            HelpName = "SECONDS",
        };

    /// <summary>
    /// Joins the other processes; at once alone where there are none. The others than the first are silent from here on, but for errors.
    /// </summary>
    /// <param name="timeout">Seconds, above 0.</param>
    /// <exception cref="RankFaultException">MPI is missing, or was not started by this launcher.</exception>
    public static Communicator Join(double timeout)
    {
        if (!(timeout > 0 && double.IsFinite(timeout)))
            throw new UsageException(
                string.Create(CultureInfo.InvariantCulture, $"--rank-timeout is {timeout}; wanted a number of seconds above 0")
            );
        if (Launcher.Find() is { } launcher)
            Device.BeOneOfSeveral(launcher.LocalRank);
        _ranks = Communicator.Join(TimeSpan.FromSeconds(timeout), text => Terminal.Note($"assay: {text}"), Lost, CudaDevice);
        if (_ranks.IsAlone)
            return _ranks;
        if (!_ranks.IsFirst)
            Console.SetOut(TextWriter.Null);
        // Each takes its part of the cores that the launcher left to it.
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null or "")
            TorchRuntime.ThreadCount = Math.Max(1, Environment.ProcessorCount / _ranks.OnTheseCores);
        return _ranks;
    }

    private static CudaPlace? CudaDevice() => Device.Find("auto") is { IsCpu: false } device ? RankDevice.PlaceOf(device) : null;

    // What is at work here comes to no collective for long, an evaluation say: it is given a little time to come by itself.
    private static void Lost(RankFaultException fault)
    {
        var end = new Thread(() =>
        {
            Thread.Sleep(Patience);
            Terminal.Error(Speaker(fault, ExitCode.BadInput) + fault.Message);
            Environment.Exit(ExitCode.BadInput);
        });
        end.IsBackground = true;
        end.Start();
    }

    /// <summary>After the end of the work together: what is left the first rank does alone.</summary>
    public static Communicator Leave() => _ranks = Communicator.Alone;

    /// <summary>Whether another rank says what all have to say; then it was given the time to.</summary>
    public static bool HasSpoken()
    {
        if (_ranks.IsFirst)
            return false;
        Thread.Sleep(Turn);
        return true;
    }

    /// <summary>The first rank alone, then the others: what is downloaded or written for all is there for them.</summary>
    public static T InTurn<T>(Func<T> read)
    {
        if (!_ranks.IsFirst)
            _ranks.Barrier();
        var found = read();
        if (_ranks.IsFirst)
            _ranks.Barrier();
        return found;
    }

    /// <summary>Runs a parsed verb, alone or as one of several.</summary>
    public static async Task<int> InvokeAsync(ParseResult parsed, InvocationConfiguration configuration)
    {
        var verb = parsed.CommandResult.Command;
        if (
            Launcher.Find() is not { } launcher
            || parsed.Action is System.CommandLine.Help.HelpAction
            || verb.Options.Any(option => option is Option<string[]> { Name: "--rank-timeout" })
        )
            return await parsed.InvokeAsync(configuration);
        if (
            verb.Options.OfType<Option<double>>().FirstOrDefault(option => option.Name == "--rank-timeout") is not { } timeout
            || verb.Name == Commands.ServeCommand.Name
        )
            throw new UsageException(
                $"{launcher.Name} started {launcher.Size} processes, and assay {verb.Name} is one: start it by itself. Verbs that train or run a model over files work as several"
            );
        var ranks = Join(parsed.GetValue(timeout));
        _scoring = new ScoringRanks(ranks);
        if (!ranks.IsFirst)
            return _scoring.Follow();
        var code = await parsed.InvokeAsync(configuration);
        _scoring.End(code);
        return code;
    }

    /// <summary>Lets the other ranks score with a model too.</summary>
    public static void Share(RewardModel model, string path, string? chatTemplate, Placement placement) =>
        _scoring?.Share(model, path, chatTemplate, placement);

    /// <summary>Before an error is told: who it is that says it. The first ends the others where they wait for its next word.</summary>
    public static string Speaker(Exception error, int code)
    {
        if (Launcher.Find() is not { } launcher)
            return "assay: ";
        if (_scoring is not null && launcher.Rank == 0 && error is not RankFaultException)
            EndOthers(code);
        if (launcher.Rank == 0)
            return "assay: ";
        Thread.Sleep(Turn);
        return _ranks.IsAlone ? $"assay: rank {launcher.Rank} on {Environment.MachineName}: " : $"assay: {_ranks.NameOf(_ranks.Rank)}: ";
    }

    private static void EndOthers(int code)
    {
        try
        {
            _scoring!.End(code);
        }
        catch (RankFaultException)
        {
            // They are gone already; the error that is on its way says more.
        }
    }
}
