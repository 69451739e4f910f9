using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Assay.Ranks;

/// <summary>
/// Signs of life, so that a rank that was stopped, killed or cut off is named. Every rank tells the first one each second that it lives and
/// how many collectives it has come to, and the first answers: so a rank that computes for hours lives, and one that is silent does not.
/// Runs on the thread that calls MPI.
/// </summary>
internal sealed unsafe class Pulse
{
    private const int Tag = 7,
        Numbers = 3;
    private const long Alive = 0,
        IsLost = 1;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly Mpi mpi;
    private readonly Communicator ranks;
    private readonly TimeSpan silence,
        interval;
    private readonly int[] peers;
    private readonly long[] heard;
    private readonly long[] came;
    private readonly nint* requests; // [peers][receive, send]
    private readonly long* messages; // [peers][received, sent][kind, lost rank, collectives]
    private long ticked,
        sent;

    /// <param name="mpi">Started.</param>
    /// <param name="ranks">Whose names messages have.</param>
    /// <param name="silence">Longer than this nobody may be silent.</param>
    public Pulse(Mpi mpi, Communicator ranks, TimeSpan silence)
    {
        (this.mpi, this.ranks, this.silence) = (mpi, ranks, silence);
        interval = silence / 8 < TimeSpan.FromSeconds(1) ? silence / 8 : TimeSpan.FromSeconds(1);
        peers = ranks.IsFirst ? [.. Enumerable.Range(1, ranks.Size - 1)] : [0];
        (heard, came) = (new long[peers.Length], new long[peers.Length]);
        requests = (nint*)NativeMemory.AllocZeroed((nuint)peers.Length * 2, (nuint)sizeof(nint));
        messages = (long*)NativeMemory.AllocZeroed((nuint)peers.Length * 2 * Numbers, sizeof(long));
        ticked = Stopwatch.GetTimestamp();
        for (var i = 0; i < peers.Length; i++)
        {
            heard[i] = ticked;
            Listen(i);
        }
    }

    /// <summary>Listens, speaks, and looks who is silent; returns at once where it was just done.</summary>
    /// <param name="collectives">How many this rank has come to.</param>
    /// <exception cref="RankFaultException">A rank is lost.</exception>
    public void Tick(long collectives)
    {
        var now = Stopwatch.GetTimestamp();
        var since = Stopwatch.GetElapsedTime(ticked, now);
        if (since < Pace)
            return;
        ticked = now;
        // Whoever was stopped itself has heard nobody meanwhile.
        if (since > silence / 2)
            Array.Fill(heard, now);
        for (var i = 0; i < peers.Length; i++)
        {
            while (mpi.IsDone(&requests[2 * i]))
            {
                var message = &messages[2 * i * Numbers];
                if (message[0] == IsLost)
                    throw Lost((int)message[1]);
                (heard[i], came[i]) = (now, message[2]);
                Listen(i);
            }
        }
        if (sent == 0 || Stopwatch.GetElapsedTime(sent, now) >= interval)
        {
            sent = now;
            for (var i = 0; i < peers.Length; i++)
                Say(i, Alive, 0, collectives);
        }
        for (var i = 0; i < peers.Length; i++)
        {
            if (Stopwatch.GetElapsedTime(heard[i], now) <= silence)
                continue;
            for (var other = 0; other < peers.Length; other++)
                if (other != i)
                    Say(other, IsLost, peers[i], collectives);
            throw Lost(peers[i]);
        }
    }

    /// <summary>Who lives and has not come to a collective that others wait at, as far as this rank knows.</summary>
    public IEnumerable<int> Behind(long collectives) => peers.Where((_, i) => came[i] < collectives);

    /// <summary>The end: nobody listens any more.</summary>
    public void Stop()
    {
        for (var i = 0; i < peers.Length; i++)
            mpi.Abandon(&requests[2 * i]);
    }

    private RankFaultException Lost(int rank) =>
        new(
            FormattableString.Invariant(
                $"{ranks.NameOf(rank)} has given no sign of life for {silence.TotalSeconds:0.#} s: it was stopped or killed, or its host or the network between is gone. All ranks end; what was written is whole"
            )
        );

    private void Listen(int peer) =>
        mpi.Receive((nint)(&messages[2 * peer * Numbers]), Numbers * sizeof(long), peers[peer], Tag, &requests[2 * peer]);

    // Whoever does not take the last message gets no other.
    private void Say(int peer, long kind, int lost, long collectives)
    {
        var at = (2 * peer) + 1;
        if (requests[at] != 0 && !mpi.IsDone(&requests[at]))
            return;
        var message = &messages[at * Numbers];
        (message[0], message[1], message[2]) = (kind, lost, collectives);
        mpi.Send((nint)message, Numbers * sizeof(long), peers[peer], Tag, &requests[at]);
    }
}
