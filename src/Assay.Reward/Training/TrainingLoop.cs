using Assay.Data.Records;
using Assay.Models;
using Assay.Models.Adapters;
using Assay.Ranks;
using Assay.Reward.Training.Alarms;
using Assay.Reward.Training.DataParallel;
using Assay.Reward.Training.Following;
using Assay.Reward.Training.Memory;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Preflight;
using Assay.Reward.Training.Settings;
using Assay.Torch;
using Assay.Torch.Optim;

namespace Assay.Reward.Training;

/// <summary>
/// The loop of transformers' Trainer (5.23) under TRL's trainers (1.16): their row order, mean of micro-batch means, clipping, AdamW groups
/// and schedules, in fp32 or, with bf16, as torch's autocast divides the work. What a row is and what is made small, the task says.
/// </summary>
public class TrainingLoop
{
    private readonly RewardNetwork network;
    private readonly TrainingSettings settings;
    private readonly ITrainingTask task;
    private readonly TimeProvider clock;
    private Examination? examination;
    private Action<RaisedAlarm>? write;
    private bool isAlike;

    /// <param name="network">The network to train; its weights are changed in place.</param>
    /// <param name="settings">What to do; only the settings of training itself are read here.</param>
    /// <param name="task">What is trained.</param>
    /// <param name="clock">Measures the run.</param>
    private protected TrainingLoop(RewardNetwork network, TrainingSettings settings, ITrainingTask task, TimeProvider clock)
    {
        this.network = network;
        this.settings = settings.Checked();
        network.ComputeType = settings.Bf16 ? DType.BFloat16 : network.DType;
        network.GradientCheckpointing = settings.GradientCheckpointing;
        this.task = task;
        this.clock = clock;
        Plan = new TrainingPlan(task.RowCount, settings);
    }

    public TrainingPlan Plan { get; }

    public TrainingObserver Observer { get; init; } = TrainingObserver.None;

    /// <summary>Writes the model into a checkpoint's folder; by default the network alone, without tokenizer or record.</summary>
    public Action<string>? SaveModel { get; init; }

    /// <summary>
    /// Those that train together, each its rows of every update; all call the same and end with the same weights, and the first alone
    /// writes. By default one process.
    /// </summary>
    public Communicator Ranks { get; init; } = Communicator.Alone;

    /// <summary>What the process may take of the host's memory, in bytes; by default what the system has free.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Share of labels that can be right, 0..1, where votes tell it: an accuracy beyond it is an alarm.</summary>
    public double? LabelCeiling { get; init; }

    /// <summary>Looks at the run before its first step. What is wrong with it becomes an alarm of step 0 once it runs.</summary>
    /// <param name="ofText">What was found of the way from text to ids.</param>
    /// <param name="outputFolder">Where checkpoints will go; null where none will.</param>
    /// <exception cref="RewardException">It does not fit in memory; the message says what would make it fit.</exception>
    public Examination Examine(IEnumerable<PreflightFinding> ofText, string? outputFolder = null)
    {
        var state = new RunState();
        MemoryPlan? memory;
        // Its moments are a part of what is measured.
        using (NewOptimiser())
            memory = PlanMemory(state);
        Observer.Phase?.Invoke("looking at the first pairs");
        examination = new Examiner(network, settings, task, Plan).Look(memory, state.BatchTokens, ofText, outputFolder);
        Observer.Examined?.Invoke(examination);
        return examination;
    }

    /// <summary>Trains to the end, or to a stop.</summary>
    /// <param name="outputFolder">Where <c>train_log.jsonl</c> and checkpoints go; null writes nothing.</param>
    /// <param name="resumeFrom">A complete checkpoint of this run whose weights the model already has; null starts at the
    /// beginning.</param>
    /// <param name="stop">When it is set, the update in progress is finished, a checkpoint is written and the run ends.</param>
    /// <exception cref="RewardException">A loss or a gradient is no number; the message names step and rows.</exception>
    /// <exception cref="AlarmException">An alarm went off and <c>on_alarm</c> is stop; the checkpoint is written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set; the checkpoint is written.</exception>
    /// <exception cref="IOException">The log or a checkpoint cannot be written; earlier checkpoints are whole.</exception>
    public TrainingResult Run(string? outputFolder, TrainingCheckpoint? resumeFrom = null, CancellationToken stop = default)
    {
        DemandAlike(resumeFrom);
        if (outputFolder is null || !Ranks.IsFirst)
            return Run(outputFolder, null, resumeFrom, stop);
        Directory.CreateDirectory(outputFolder);
        var context = new LogContext(outputFolder, settings, resumeFrom?.Step, clock, Observer.Alarm)
        {
            OwesEvaluation = resumeFrom is { OwesEvaluation: true },
        };
        using var log = new TrainLog(context);
        try
        {
            return Run(outputFolder, log, resumeFrom, stop);
        }
        catch (Exception error)
        {
            log.End(error is OperationCanceledException or AlarmException ? RunEnd.Stopped : RunEnd.Failed);
            throw;
        }
    }

    private TrainingResult Run(string? outputFolder, TrainLog? log, TrainingCheckpoint? resumeFrom, CancellationToken stop)
    {
        var started = clock.GetTimestamp();
        var trained = network.Trained;
        var names = trained.Select(p => p.Name).ToArray();
        var parameters = trained.Select(p => p.Value).ToArray();
        using var optimiser = NewOptimiser();
        var state = new RunState();
        if (resumeFrom is not null)
            state = resumeFrom.Restore(names, optimiser);
        if (state.Objective is not null)
            task.State = state.Objective;
        using var reduction = Ranks.IsAlone ? null : new GradientReduction(Ranks, parameters, optimiser.Owners);
        var schedule = LearningRateSchedule.Create(
            settings.LrSchedulerType,
            settings.LearningRate,
            settings.WarmupSteps,
            Plan.TotalUpdates,
            settings.LrSchedulerKwargs
        );
        var alarms = new TrainingAlarms(settings, LabelCeiling);
        alarms.Restore(state.Alarms);
        write = alarm => log?.Write(alarm.ToLine());
        RaisedAlarm? raised = null;
        long trainedRows = 0,
            tokens = 0,
            firstStep = state.Step;
        var (trainingTime, waited) = (TimeSpan.Zero, TimeSpan.Zero);
        EvaluationMetrics? latest = null;
        var (savedStep, savedAt) = (-1L, clock.GetTimestamp());

        // A stop of one rank is a stop of all, after an update that all made.
        var (isStopped, here) = (false, Ranks.IsAlone ? stop : CancellationToken.None);
        using var held = task;
        task.Prepare(Observer.Phase, here);
        MemoryPlan? memory;
        if (examination is null)
            memory = PlanMemory(state);
        else
        {
            memory = examination.Memory;
            if (state.BatchTokens == 0)
                state.BatchTokens = examination.BatchTokens;
            if (state.Step == 0)
                Tell(
                    examination
                        .Findings.Where(finding => !finding.IsFine)
                        .Select(finding => new RaisedAlarm(finding.Check, 0, $"before the first step: {finding.Text}"))
                );
        }
        StopIfAlarmed();
        state.BatchTokens = RankAgreement.Decide(Ranks, state.BatchTokens);
        Observer.Phase?.Invoke("training");
        if (state.IsEvaluationPending || (settings.EvalOnStart && state.Step == 0))
            Evaluate();
        while (state.Step < Plan.TotalUpdates && !HasStoppedEarly())
        {
            if (isStopped || here.IsCancellationRequested)
            {
                if (outputFolder is not null && state.Step > firstStep)
                    Save();
                Ranks.Barrier(); // nobody ends while the first one writes
                throw new OperationCanceledException(stop);
            }
            var (began, waitedBefore) = (clock.GetTimestamp(), Ranks.Waited);
            var step = state.Step + 1;
            var microBatches = Plan.MicroBatchesOf(state.Step);
            var share = new UpdateShare(Ranks, task, microBatches);
            double[][][] numbers = [.. microBatches.Select(rows => new double[rows.Length][])];
            var losses = new double[microBatches.Count];
            foreach (var (i, rows) in microBatches.Index())
                losses[i] = Accumulate(
                    rows,
                    share.PlacesOf(i, Ranks.Rank),
                    numbers[i],
                    1.0 / microBatches.Count,
                    step,
                    state.BatchTokens,
                    i == microBatches.Count - 1 ? reduction : null
                );
            reduction?.Flush();
            var told = share.Exchange(
                numbers,
                losses,
                [
                    stop.IsCancellationRequested ? 1 : 0,
                    !Ranks.IsAlone && IsSaveDue() ? 1 : 0,
                    .. reduction?.Present.Select(present => present ? 1.0 : 0) ?? [],
                ]
            );
            reduction?.Take(parameter => told.Any(of => of[2 + parameter] > 0));
            isStopped = !Ranks.IsAlone && told.Any(of => of[0] > 0);
            var scored = new List<BatchScores>();
            foreach (var (i, rows) in microBatches.Index())
            {
                if (!double.IsFinite(losses[i]))
                    throw NoLoss(losses[i], Enumerable.Range(0, rows.Length).ToArray(), rows, numbers[i], step);
                scored.Add(task.Summary(rows, numbers[i], losses[i] / rows.Sum(task.TermsOf)));
                foreach (var row in rows)
                {
                    trainedRows++;
                    tokens += task.TokensOf(row);
                    state.TokenCount += task.TokensOf(row);
                }
            }
            var penalty = task.AddPenalty();
            var norm = optimiser.Norm();
            if (!double.IsFinite(norm))
                throw Broken($"the gradient's norm is {norm}", step, microBatches.SelectMany(rows => rows));
            Observer.GradientsReady?.Invoke(step);
            var rate = schedule.RateAt(state.Step);
            optimiser.Step(rate, settings.MaxGradNorm > 0 ? Gradients.ClipFactor(norm, settings.MaxGradNorm) : 1);
            optimiser.ClearGradients();
            foreach (var (i, rows) in microBatches.Index())
                task.Learn(rows, numbers[i]);
            state.Objective = task.State;
            state.Step = step;
            trainingTime += clock.GetElapsedTime(began);
            waited += Ranks.Waited - waitedBefore;

            var loss = scored.Average(b => b.Loss) + penalty;
            state.LossSum += loss;
            state.Averages.Add(loss, scored);
            var epoch = Plan.EpochAfter(step);
            var last = step == Plan.TotalUpdates;
            var isLogged = last || step % Plan.Every(settings.LoggingSteps) == 0 || (step == 1 && settings.LoggingFirstStep);
            Observer.Updated?.Invoke(
                new UpdateReport
                {
                    Step = step,
                    TotalSteps = Plan.TotalUpdates,
                    MicroBatches = scored,
                    Loss = loss,
                    GradNorm = norm,
                    LearningRate = rate,
                    Epoch = epoch,
                    TokenCount = state.TokenCount,
                    IsLogged = isLogged,
                    UpdatesHere = step - firstStep,
                    Trained = (trainedRows, tokens, trainingTime),
                }
            );
            Tell(alarms.Look(UpdateFigures.Of(step, scored, norm)));
            if (isLogged)
                log?.Write(state.Averages.Take(norm, rate, state.TokenCount, epoch, step));
            if (IsDue(settings.EvalStrategy, settings.EvalSteps ?? settings.LoggingSteps, step))
                Evaluate();
            if (!last && (IsDue(settings.SaveStrategy, settings.SaveSteps, step) || (Ranks.IsAlone ? IsSaveDue() : told[0][1] > 0)))
                Save();
            StopIfAlarmed();
        }
        if (state.EvaluatedAt != state.Step)
            Evaluate();
        else
            latest ??= this.Evaluate(here);
        if (settings.LoadBestModelAtEnd && outputFolder is not null && state.Best.Value is not null && state.Best.Step != state.Step)
        {
            if (Ranks.IsFirst)
                TakeWeights(TrainingCheckpoint.FolderOf(outputFolder, state.Best.Step));
            RankAgreement.ShareWeights(Ranks, network);
            latest = this.Evaluate(here);
        }

        var result = new TrainingResult
        {
            Steps = state.Step,
            Epoch = Plan.EpochAfter(state.Step),
            TrainLoss = state.LossSum / state.Step,
            TokenCount = state.TokenCount,
            Runtime = clock.GetElapsedTime(started),
            Trained = (trainedRows, tokens, state.Step - firstStep, trainingTime),
            Ranks = Ranks.IsAlone ? null : (Ranks.Size, waited),
            Memory = memory,
            Evaluation = latest,
            Best =
                settings.LoadBestModelAtEnd || settings.EarlyStoppingPatience is not null
                    ? state.Best.Value is { } metric
                        ? (state.Best.Step, metric)
                        : null
                    : null,
            HasStoppedEarly = state.Step < Plan.TotalUpdates,
        };
        return result;

        void Tell(IEnumerable<RaisedAlarm> found)
        {
            foreach (var alarm in found)
            {
                write(alarm);
                Observer.Alarm?.Invoke(alarm.Text);
                raised ??= alarm;
            }
        }

        void StopIfAlarmed()
        {
            if (raised is null || settings.OnAlarm != "stop")
                return;
            if (state.Step > firstStep)
                Save();
            Ranks.Barrier();
            throw new AlarmException(raised);
        }

        // Of several ranks the first one's clock says it, before the update.
        bool IsSaveDue() => clock.GetElapsedTime(savedAt).TotalMinutes >= settings.SaveMinutes;

        bool HasStoppedEarly() => state.Best.Fruitless >= settings.EarlyStoppingPatience;

        void Evaluate()
        {
            if (task.HeldOutCount == 0)
                return;
            Observer.Phase?.Invoke("evaluating");
            try
            {
                latest = this.Evaluate(here);
            }
            catch (OperationCanceledException)
            {
                // The run that goes on owes it, and writes the same line.
                state.IsEvaluationPending = true;
                if (state.Step > firstStep)
                    Save();
                throw;
            }
            state.IsEvaluationPending = false;
            state.EvaluatedAt = state.Step;
            var isBest = state.Step > 0 && state.Best.Take(state.Step, latest.Of(settings.Metric), settings);
            log?.Write(new LogLine(new Figures { latest.ToFigures(), { "epoch", Plan.EpochAfter(state.Step) }, { "step", state.Step } }));
            Tell(alarms.Look(state.Step, latest));
            Observer.Evaluated?.Invoke(state.Step, latest);
            if (isBest && settings.LoadBestModelAtEnd && state.Step < Plan.TotalUpdates)
                Save();
            Observer.Phase?.Invoke("training");
        }

        void Save()
        {
            if (outputFolder is null || savedStep == state.Step)
                return;
            savedStep = state.Step;
            if (!Ranks.IsFirst)
                optimiser.SendMoments();
            if (!Ranks.IsFirst)
                return;
            Observer.Phase?.Invoke("saving");
            state.Alarms = alarms.ToState();
            var written = TrainingCheckpoint.Write(
                outputFolder,
                SaveModel ?? (folder => NetworkFolder.Save(network, folder)),
                names,
                optimiser,
                state,
                settings,
                DataFingerprint(),
                Plan
            );
            savedAt = clock.GetTimestamp();
            TrainingCheckpoint.KeepNewest(outputFolder, settings.SaveTotalLimit, settings.LoadBestModelAtEnd ? state.Best.Step : 0);
            Observer.CheckpointWritten?.Invoke(written);
            Observer.Phase?.Invoke("training");
        }
    }

    /// <summary>Refuses, before anything is written, ranks that do not train the same: once, when all first call it.</summary>
    internal void DemandAlike(TrainingCheckpoint? resumeFrom)
    {
        if (!isAlike)
            RankAgreement.Demand(Ranks, network, settings, task, resumeFrom?.Step ?? 0);
        isAlike = true;
    }

    /// <summary>What each of so many ranks would take, from what was examined.</summary>
    internal RankPrediction Predict(int ranks, Examination examined) => RankPrediction.Of(ranks, Plan, task, settings, network, examined);

    /// <summary>The figures of the held-out rows.</summary>
    public EvaluationMetrics Evaluate(CancellationToken stop = default) => task.Evaluate(Ranks, stop);

    /// <summary>SHA-256 over the training rows in order: a checkpoint belongs to these and no others.</summary>
    public string DataFingerprint() => task.DataFingerprint();

    private RankedAdamW NewOptimiser() =>
        new(
            Ranks,
            [.. network.Trained.Select(p => new AdamWParameter(p.Value, WeightDecayRule.Decays(p.Name) ? settings.WeightDecay : 0))],
            settings.ZeroStage > 0,
            settings.AdamBeta1,
            settings.AdamBeta2,
            settings.AdamEpsilon
        );

    private void TakeWeights(string folder)
    {
        if (network.Lora is not null)
        {
            AdapterFolder.Restore(network, folder);
            return;
        }
        using var saved = RewardNetwork.Load(folder, new LoadOptions { Output = network.Output }).Network;
        foreach (var (mine, theirs) in network.Parameters.Zip(saved.Parameters))
            mine.Value.CopyFrom(theirs.Value);
    }

    private bool IsDue(string strategy, double every, long step) =>
        strategy switch
        {
            "steps" => step % Plan.Every(every) == 0,
            "epoch" => step % Plan.UpdatesPerEpoch == 0 || step == Plan.TotalUpdates,
            _ => false,
        };

    // Predicts, says so, and where the budget of tokens is not decided yet, cuts it to what fits.
    private MemoryPlan? PlanMemory(RunState state)
    {
        if (!network.Device.IsCpu)
        {
            state.BatchTokens = settings.MaxBatchTokens;
            return null;
        }
        Observer.Phase?.Invoke("measuring memory");
        var memory = new MemoryProbe(network, settings, task).Measure(Plan, MemoryLimit, Ranks.OnThisHost);
        if (state.BatchTokens == 0)
            state.BatchTokens = memory.BatchTokens;
        if (state.BatchTokens < settings.MaxBatchTokens)
            Observer.Alarm?.Invoke(
                $"batches are cut to {state.BatchTokens} tokens at once, so that they fit in memory (max_batch_tokens is {settings.MaxBatchTokens}): the result is the same up to rounding"
            );
        Observer.Planned?.Invoke(memory);
        return memory;
    }

    // This rank's places of one micro-batch: the network's numbers, filled in, the sum of their loss terms, and their gradient added to
    // what the parameters have; of the last one it may go on its way meanwhile.
    private double Accumulate(
        int[] rows,
        int[] places,
        double[][] numbers,
        double weight,
        long step,
        int batchTokens,
        GradientReduction? last
    )
    {
        var (losses, terms) = (0.0, rows.Sum(task.TermsOf));
        IReadOnlyList<int>[] parts = [.. TokenBudget.Cut(places, at => task.PackedTokensOf(rows[at]), batchTokens)];
        foreach (var part in parts)
        {
            using var scope = new TensorScope();
            using var watch = part == parts[^1] ? last?.Watch() : null;
            var output = task.Forward([.. part.Select(at => rows[at])]);
            var values = output.ToDoubles();
            var next = 0;
            foreach (var at in part)
            {
                numbers[at] = values[next..(next + task.NumbersOf(rows[at]))];
                next += numbers[at].Length;
            }
            double[][] gradient = [.. part.Select(at => new double[numbers[at].Length])];
            var loss = task.Loss([.. part.Select(at => rows[at])], [.. part.Select(at => numbers[at])], gradient);
            // Of several ranks all stop together, once they have told each other.
            if (!double.IsFinite(loss) && Ranks.IsAlone)
                throw NoLoss(loss, part, rows, numbers, step);
            losses += loss;
            double[] upstream = [.. gradient.SelectMany(of => of).Select(by => by * weight / terms)];
            output.Backward(Tensor.From(upstream, output.Shape).To(output.DType).To(output.Device));
        }
        return losses;
    }

    // A number that is none is named; where all are, the loss itself is too large.
    private RewardException NoLoss(double loss, IReadOnlyList<int> part, int[] rows, double[][] numbers, long step)
    {
        int[] broken = [.. part.Where(at => !numbers[at].All(double.IsFinite))];
        return broken.Length == 0
            ? Broken($"the loss is {loss}", step, part.Select(at => rows[at]))
            : Broken($"the loss is {loss} (scores {string.Join(" and ", numbers[broken[0]])})", step, broken.Select(at => rows[at]));
    }

    private RewardException Broken(string what, long step, IEnumerable<int> rows)
    {
        var (where, first) = BrokenNumbers.Find(network, task, [.. rows]);
        var text =
            $"step {step}: {what}, {where}, in rows {string.Join(", ", first.Select(task.LineOf).Take(16))}: the run is stopped before the weights are spoiled. Lower learning_rate, or look at those rows";
        write?.Invoke(new RaisedAlarm("not_a_number", step, text));
        return new RewardException(text);
    }
}
