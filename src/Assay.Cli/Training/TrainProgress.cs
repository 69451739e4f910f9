using System.Globalization;
using Assay.Reward.Training;
using Assay.Reward.Training.Pairs;
using Assay.Reward.Training.Steps;

namespace Assay.Cli.Training;

/// <summary>
/// What a run says while it goes on. On a terminal a live line: means over the last updates, their curves so far, speed, and the time left.
/// Elsewhere a plain line for every line of the log, with means since the one before. Alarms and evaluations get lines of their own on
/// both.
/// </summary>
internal sealed class TrainProgress
{
    private const int Window = 20;
    private const double Gibibyte = 1L << 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly TimeProvider clock;
    private readonly TrainingReader reader;
    private readonly Queue<UpdateReport> recent = new();
    private readonly Sparkline loss = new(),
        accuracy = new(),
        margin = new();
    private long shown;

    /// <param name="clock">Paces the live line.</param>
    /// <param name="reader">Who reads it.</param>
    public TrainProgress(TimeProvider clock, TrainingReader reader)
    {
        (this.clock, this.reader) = (clock, reader);
        Observer = new TrainingObserver
        {
            Phase = phase => Terminal.Live(phase + " …"),
            Planned = plan =>
                Terminal.Note(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"memory: {plan.PeakBytes / Gibibyte:0.00} GiB predicted at {plan.LargestPart} tokens at once, {plan.LimitBytes / Gibibyte:0.0} to be had"
                    )
                ),
            Examined = found =>
                Terminal.Note(
                    $"before the first step: {string.Join("; ", found.Findings.Where(finding => finding.IsFine).Select(finding => finding.Text).Take(1))}; {found.Findings.Count(finding => finding.IsFine)} of {found.Findings.Count} checks are fine"
                ),
            Updated = Show,
            Evaluated = (step, m) =>
                Terminal.Note(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"step {step}: held-out accuracy {m.Accuracy:0.0000} ({Of(m)})  loss {m.Loss:0.0000}  margin {m.Margin:0.000}"
                    )
                ),
            Noted = note => Terminal.Note($"assay: {note}"),
            CheckpointWritten = folder => Terminal.Note($"wrote {folder}"),
            Alarm = text => Terminal.Note("warning: " + text),
        };
    }

    public TrainingObserver Observer { get; }

    /// <summary>What a row is.</summary>
    public string Rows { get; init; } = "pairs";

    private static string Of(EvaluationMetrics held) =>
        held is StepEvaluation steps
            ? string.Create(CultureInfo.InvariantCulture, $"{steps.Pairs} steps; one answer for all gets {steps.Majority:0.0000}")
            : $"{held.Pairs} pairs, {held.Ties} ties";

    private void Show(UpdateReport update)
    {
        recent.Enqueue(update);
        if (reader == TrainingReader.Log)
        {
            if (!update.IsLogged)
                return;
            Terminal.Note(Line(recent, int.MaxValue, Rows));
            recent.Clear();
            return;
        }
        if (recent.Count > Window)
            recent.Dequeue();
        loss.Add(update.Loss);
        accuracy.Add(update.MicroBatches.Average(b => b.Accuracy));
        margin.Add(update.MicroBatches.Average(b => b.Margin));
        if (update.Step < update.TotalSteps && shown != 0 && clock.GetElapsedTime(shown) < Pause)
            return;
        shown = clock.GetTimestamp();
        Terminal.Live(
            Line(recent, Terminal.LiveWidth, Rows, Terminal.HasBlocks ? [loss.ToString(), accuracy.ToString(), margin.ToString()] : [])
        );
    }

    /// <summary>
    /// The line for some updates, with as much of it as fits: step and time left always, then loss, accuracy, margin, pairs a second, the
    /// curves of these three, and last the range of rewards and tokens a second.
    /// </summary>
    internal static string Line(
        IReadOnlyCollection<UpdateReport> updates,
        int width,
        string rows = "pairs",
        IReadOnlyList<string>? curves = null
    )
    {
        var last = updates.Last();
        var batches = updates.SelectMany(u => u.MicroBatches).ToList();
        double seconds = Math.Max(last.Trained.Time.TotalSeconds, 1e-9),
            updatesHere = Math.Max(1, last.UpdatesHere);
        var left = TimeSpan.FromSeconds(seconds / updatesHere * (last.TotalSteps - last.Step));
        static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        string Curve(int which) => curves is { Count: > 0 } ? curves[which] : "";
        (string Text, int Rank)[] parts =
        [
            (Text($"step {last.Step}/{last.TotalSteps}"), 0),
            (Text($"loss {updates.Average(u => u.Loss):0.0000}"), 2),
            (Curve(0), 6),
            (Text($"acc {batches.Average(b => b.Accuracy):0.000}"), 3),
            (Curve(1), 7),
            (Text($"margin {batches.Average(b => b.Margin):0.000}"), 4),
            (Curve(2), 8),
            (Text($"reward {batches.Min(b => b.MinReward):0.00}..{batches.Max(b => b.MaxReward):0.00}"), 10),
            (Text($"{last.Trained.Pairs / seconds:0.00} {rows}/s"), 5),
            (Text($"{last.Trained.Tokens / seconds:0} tokens/s"), 9),
            (Text($"ETA {Terminal.Duration(left)}"), 1),
        ];
        return Terminal.Fitting(width, [.. parts.Where(part => part.Text.Length > 0)]);
    }
}

/// <summary>Who reads what a run says.</summary>
internal enum TrainingReader
{
    /// <summary>A person at a terminal: one line that changes.</summary>
    Person,

    /// <summary>A file or a pipe: lines that stay.</summary>
    Log,
}
