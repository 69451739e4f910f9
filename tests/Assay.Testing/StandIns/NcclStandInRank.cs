using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Assay.Testing.StandIns;

/// <summary>One rank of <see cref="NcclStandIn"/>: the first adds up in the order of ranks and hands out, over sockets.</summary>
internal sealed class NcclStandInRank
{
    private const int RemoteError = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static TcpListener? _root;

    private readonly int rank;
    private readonly ManualResetEventSlim closed = new();
    private readonly Socket?[] peers; // on the first rank those of all others, on each other that of the first

    private NcclStandInRank(int rank, Socket?[] peers) => (this.rank, this.peers) = (rank, peers);

    public int Size => peers.Length;

    /// <summary><c>ncclResult_t</c> of what went wrong behind the calls.</summary>
    public int AsyncError { get; private set; }

    /// <summary>A root that listens somewhere, as host:port.</summary>
    public static string NewRoot()
    {
        _root = new TcpListener(IPAddress.Loopback, 0);
        _root.Start();
        return $"127.0.0.1:{((IPEndPoint)_root.LocalEndpoint).Port}";
    }

    public static NcclStandInRank Meet(string address, bool isNamed, int size, int rank)
    {
        var port = int.Parse(address.Split(':')[^1]);
        var peers = new Socket?[size];
        if (rank == 0)
        {
            if (isNamed)
            {
                _root = new TcpListener(IPAddress.Loopback, port);
                _root.Start();
            }
            for (var i = 1; i < size; i++)
            {
                var peer = _root!.AcceptSocket();
                peer.NoDelay = true;
                var who = new byte[1];
                peer.Receive(who);
                peers[who[0]] = peer;
            }
        }
        else
        {
            var until = DateTime.UtcNow + Patience;
            while (peers[0] is null)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Connect(IPAddress.Loopback, port);
                    socket.Send([(byte)rank]);
                    peers[0] = socket;
                }
                catch (SocketException) when (DateTime.UtcNow < until)
                {
                    socket.Dispose();
                    Thread.Sleep(20);
                }
            }
        }
        return new NcclStandInRank(rank, peers);
    }

    public int Close()
    {
        closed.Set();
        foreach (var peer in peers)
            peer?.Dispose();
        return 0;
    }

    /// <summary>Something is wrong behind the call: the work hangs until it is aborted.</summary>
    public void Fail(int error)
    {
        AsyncError = error;
        closed.Wait();
    }

    public unsafe void Do(NcclStandIn.Header header, nint from, nint to)
    {
        var (own, room) = (checked((int)header.Count) * header.ElementBytes, (int)header.Count * header.ElementBytes);
        if (header.Kind == 3)
            room *= Size;
        try
        {
            var result =
                rank == 0
                    ? Root(header, new ReadOnlySpan<byte>((void*)from, own))
                    : Other(header, new ReadOnlySpan<byte>((void*)from, own), room);
            if (result is null)
            {
                closed.Wait(); // ranks that call different things wait for ever
                return;
            }
            result.CopyTo(new Span<byte>((void*)to, room));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            if (!closed.IsSet)
                Fail(RemoteError);
        }
    }

    private byte[]? Root(NcclStandIn.Header header, ReadOnlySpan<byte> own)
    {
        var given = new byte[Size][];
        given[0] = own.ToArray();
        for (var i = 1; i < Size; i++)
        {
            if (MemoryMarshal.Read<NcclStandIn.Header>(Receive(i, Unsafe.SizeOf<NcclStandIn.Header>())) != header)
                return null;
            given[i] = Receive(i, own.Length);
        }
        var result = header.Kind switch
        {
            0 => given[header.Root],
            3 => [.. given.SelectMany(bytes => bytes)],
            _ => header.ElementBytes == 4 ? Sum<float>(given) : Sum<double>(given),
        };
        for (var i = 1; i < Size; i++)
            Send(i, Of(i));
        return Of(0);

        // On other ranks than the one that gets it, what is there means nothing: NaN shows who reads it.
        byte[] Of(int rank) => header.Kind == 2 && rank != header.Root ? [.. Enumerable.Repeat((byte)0xff, result.Length)] : result;
    }

    private byte[] Other(NcclStandIn.Header header, ReadOnlySpan<byte> own, int room)
    {
        Send(0, MemoryMarshal.AsBytes(new ReadOnlySpan<NcclStandIn.Header>(in header)));
        Send(0, own);
        return Receive(0, room);
    }

    private static byte[] Sum<T>(byte[][] given)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        var sum = MemoryMarshal.Cast<byte, T>(given[0]).ToArray();
        foreach (var more in given[1..])
        foreach (var (i, value) in MemoryMarshal.Cast<byte, T>(more).ToArray().Index())
            sum[i] += value;
        return MemoryMarshal.AsBytes(sum.AsSpan()).ToArray();
    }

    private void Send(int peer, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[peers[peer]!.Send(bytes)..];
    }

    private byte[] Receive(int peer, int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count; )
        {
            var more = peers[peer]!.Receive(bytes.AsSpan(at));
            if (more == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            at += more;
        }
        return bytes;
    }
}
