using System.Globalization;

namespace Assay.Torch;

/// <summary>Where a tensor lives: <c>cpu</c>, or <c>cuda:0</c> and on. </summary>
public readonly record struct Device
{
    private static int? _ofProcess;
    private readonly int _type;
    private readonly int _index;

    private Device(int type, int index) => (_type, _index) = (type, index);

    public static Device Cpu => new(0, 0);

    /// <summary>The CUDA device with this index, from 0.</summary>
    public static Device Cuda(int index = 0) => index >= 0 ? new Device(1, index) : throw new ArgumentOutOfRangeException(nameof(index));

    public bool IsCpu => _type == 0;

    /// <summary>The number of a CUDA device, from 0; 0 for the CPU.</summary>
    public int Index => _index;

    /// <summary>libtorch's number of this kind of device.</summary>
    internal int TorchType => IsCpu ? Native.LibtorchLoader.CpuDeviceType : Native.LibtorchLoader.CudaDeviceType;

    /// <summary>Reads <c>cpu</c>, <c>cuda</c> (the first) or <c>cuda:N</c>.</summary>
    /// <exception cref="FormatException">Anything else.</exception>
    public static Device Parse(string text) =>
        text switch
        {
            "cpu" => Cpu,
            "cuda" => Cuda(),
            _ when text.StartsWith("cuda:", StringComparison.Ordinal)
                    && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var index) => Cuda(index),
            _ => throw new FormatException($"'{text}' is no device: write auto, cpu, cuda or cuda:N"),
        };

    /// <summary>
    /// This process is one of several on its host: for <see cref="Find"/>, <c>cuda</c> and <c>auto</c> mean the CUDA device of this number
    /// from here on, or the only one that a launcher lets it see.
    /// </summary>
    /// <param name="number">Which of them it is, from 0.</param>
    public static void BeOneOfSeveral(int number) => _ofProcess = number;

    /// <summary>
    /// A device of this machine: as <see cref="Parse"/>, or <c>auto</c> for the first CUDA device that this libtorch can use, else the CPU.
    /// </summary>
    /// <exception cref="FormatException">No such word, or this machine or this libtorch does not have it; or a process that is one of
    /// several was given another one's.</exception>
    public static Device Find(string text)
    {
        if (_ofProcess is { } number && text != "cpu")
            return OfSeveral(text, number, TorchRuntime.CudaDeviceCount);
        if (text == "auto")
            return TorchRuntime.CudaDeviceCount > 0 ? Cuda() : Cpu;
        var device = Parse(text);
        if (device.IsCpu || device._index < TorchRuntime.CudaDeviceCount)
            return device;
        throw new FormatException(
            $"{device} is not to be had: {TorchRuntime.LibraryPath} sees {TorchRuntime.CudaDeviceCount} CUDA devices. A CUDA build of libtorch is taken with LIBTORCH=/its/folder or LIBTORCH_USE_PYTORCH=1"
        );
    }

    internal static Device OfSeveral(string text, int number, int count)
    {
        if (text == "auto" && count == 0)
            return Cpu;
        if (text is not ("auto" or "cuda"))
        {
            _ = Parse(text);
            throw new FormatException(
                $"device {text}: of several processes on a host each takes a CUDA device of its own: write cuda, and choose devices with CUDA_VISIBLE_DEVICES"
            );
        }
        // Slurm and Kubernetes may show a process its own device alone.
        var index = count == 1 ? 0 : number;
        return index < count
            ? Cuda(index)
            : throw new FormatException(
                $"device {text}: {TorchRuntime.LibraryPath} sees {count} CUDA devices, and process {number} (from 0) of this host wants one of its own: start as many as there are devices, or write cpu"
            );
    }

    public override string ToString() => IsCpu ? "cpu" : $"cuda:{_index}";
}
