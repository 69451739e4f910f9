using System.Text;

namespace Assay.Models.Checkpoints;

/// <summary>
/// A file of torch.save (<c>pytorch_model.bin</c>, torch 1.6 and later): a zip of a pickle, which is read without running it
/// (<see cref="StateDictPickle"/>), and the tensors' raw storages. Refused by name: anything but a state dict of dense tensors in row
/// order.
/// </summary>
public sealed class TorchFile : TensorFile
{
    private const long LongestPickle = 1 << 28;

    private TorchFile(string path)
        : base(path) { }

    /// <exception cref="CheckpointException">Not such a file, damaged, or with more than tensors in it.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static TorchFile Open(string path)
    {
        var file = new TorchFile(System.IO.Path.GetFullPath(path));
        try
        {
            file.ReadEntries();
            return file;
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException)
        {
            file.Dispose();
            throw new CheckpointException(
                $"{file.Path}: the zip's directory points outside the file; it was cut short or is damaged: copy it again",
                e
            );
        }
        catch (FormatException e) when (e is not CheckpointException)
        {
            file.Dispose();
            throw new CheckpointException(
                $"{file.Path}: {e.Message}; read is only a state dict as torch.save writes it since torch 1.6. {CheckpointFolder.HowToConvert(System.IO.Path.GetDirectoryName(file.Path)!)}",
                e
            );
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void ReadEntries()
    {
        if (Length < 4 || !Bytes(0, 4).SequenceEqual("PK\u0003\u0004"u8))
            throw new FormatException("it is no zip: a bare pickle could run any code when it is opened");
        var entries = ZipDirectory.Read(Bytes, Length);
        string[] pickles = [.. entries.Keys.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal))];
        if (pickles.Length != 1)
            throw new FormatException($"it holds {pickles.Length} entries data.pkl, not one");
        var prefix = pickles[0][..^"data.pkl".Length];
        if (
            entries.TryGetValue(prefix + "byteorder", out var order)
            && order.Length < 16
            && Encoding.ASCII.GetString(Bytes(order.Offset, (int)order.Length)) != "little"
        )
            throw new FormatException("its numbers are big-endian");
        var (at, length) = entries[pickles[0]];
        if (length > LongestPickle)
            throw new FormatException($"its pickle has {length} bytes");
        var names = new HashSet<string>();
        Tensors =
        [
            .. StateDictPickle
                .Read(Bytes(at, (int)length).ToArray())
                .Select(entry =>
                    names.Add(entry.Name)
                        ? Resolve(entry.Name, entry.Tensor, entries, prefix)
                        : throw new FormatException($"{entry.Name} stands twice")
                ),
        ];
    }

    private StoredTensor Resolve(string name, PickledTensor tensor, Dictionary<string, (long Offset, long Length)> entries, string prefix)
    {
        if (!entries.TryGetValue($"{prefix}data/{tensor.Storage}", out var storage))
            throw new FormatException($"{name}: its storage data/{tensor.Storage} is not in the file");
        var bytes = Elements.BlockBytes(tensor.Kind);
        if (checked(tensor.StorageCount * bytes) != storage.Length)
            throw new FormatException(
                $"{name}: data/{tensor.Storage} has {storage.Length} bytes, {tensor.StorageCount} numbers of {tensor.Kind} need {tensor.StorageCount * bytes}"
            );
        var count = tensor.Shape.Aggregate(1L, (product, size) => checked(product * size));
        if (count > 0 && tensor.First > tensor.StorageCount - count)
            throw new FormatException(
                $"{name}: [{string.Join(", ", tensor.Shape)}] ends behind its storage of {tensor.StorageCount} numbers"
            );
        var step = 1L;
        for (var i = tensor.Shape.Length - 1; i >= 0; step *= tensor.Shape[i--])
            if (tensor.Shape[i] > 1 && tensor.Strides[i] != step && count > 0)
                throw new FormatException($"{name}: its numbers do not stand in row order (a transposed or cut-out view)");
        return new StoredTensor(name, tensor.Kind, tensor.Shape, count * bytes, Path) { Offset = storage.Offset + (tensor.First * bytes) };
    }
}
