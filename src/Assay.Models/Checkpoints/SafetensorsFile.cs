using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Assay.Models.Checkpoints;

/// <summary>
/// A safetensors file: 8 bytes of header length (little-endian), a JSON header, the data. Checked as strictly as the safetensors library
/// (0.8.0: <c>safetensors/src/tensor.rs</c>): the tensors cover the data exactly, without overlap or gap. Beyond it, a name that stands
/// twice is refused.
/// </summary>
public sealed class SafetensorsFile : TensorFile
{
    // The reference library's own limit for the header.
    private const long LongestHeader = 100_000_000;

    // Kinds that the format knows and no weight of a reward model is read from.
    private static readonly string[] UnreadKinds =
    [
        "F4",
        "F6_E2M3",
        "F6_E3M2",
        "F8_E5M2",
        "F8_E4M3",
        "F8_E8M0",
        "F8_E4M3FNUZ",
        "F8_E5M2FNUZ",
        "C64",
    ];

    private SafetensorsFile(string path)
        : base(path) { }

    /// <exception cref="CheckpointException">The header contradicts itself or the file's length.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = new SafetensorsFile(System.IO.Path.GetFullPath(path));
        try
        {
            file.ReadHeader();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void ReadHeader()
    {
        if (Length < 8)
            throw Broken(
                $"the file has {Length} bytes, a safetensors file begins with 8 bytes of header length; it was cut short: copy it again"
            );
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(Bytes(0, 8));
        if (headerLength > LongestHeader)
            throw Broken(
                $"the first 8 bytes give a header of {headerLength} bytes, more than the format's limit of {LongestHeader}: not a safetensors file"
            );
        var dataStart = 8 + (long)headerLength;
        if (dataStart > Length)
            throw Broken(
                $"the header should have {headerLength} bytes, the file ends after {Length - 8} of them; it was cut short: copy it again"
            );
        var header = Bytes(8, (int)headerLength);
        if (!Utf8.IsValid(header))
            throw Broken("the header is not valid UTF-8: the file is damaged");
        if (header.IsEmpty || header[0] != '{')
            throw Broken("the header is not a JSON object: the file is damaged, or not a safetensors file");

        using var document = Parse(header);
        var tensors = new List<StoredTensor>();
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
                Metadata = ReadMetadata(entry.Value);
            else
                tensors.Add(ReadEntry(entry.Name, entry.Value, dataStart));
        }
        ProveCoverage(tensors, dataStart);
        Tensors = tensors;
    }

    private JsonDocument Parse(ReadOnlySpan<byte> header)
    {
        try
        {
            return JsonDocument.Parse(header.ToArray(), new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"{Path}: the header is not a JSON object with every name once: {e.Message}", e);
        }
    }

    private Dictionary<string, string> ReadMetadata(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Broken("__metadata__ is not an object of texts");
        var metadata = new Dictionary<string, string>();
        foreach (var entry in value.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String)
                throw Broken($"__metadata__: {entry.Name} is not a text");
            metadata[entry.Name] = entry.Value.GetString()!;
        }
        return metadata;
    }

    private StoredTensor ReadEntry(string name, JsonElement value, long dataStart)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw Broken($"{name}: the entry is not an object with dtype, shape and data_offsets");
        foreach (var field in value.EnumerateObject())
            if (field.Name is not ("dtype" or "shape" or "data_offsets"))
                throw Broken($"{name}: unknown field \"{field.Name}\"");
        var kind = ReadKind(name, value);
        var shape = ReadNumbers(name, value, "shape");
        var offsets = ReadNumbers(name, value, "data_offsets");
        if (offsets.Length != 2)
            throw Broken($"{name}: data_offsets has {offsets.Length} numbers, wanted begin and end");
        var (begin, end) = (offsets[0], offsets[1]);
        if (begin > end)
            throw Broken($"{name}: data_offsets begin at {begin} and end before, at {end}");
        if (end > Length - dataStart)
            throw Broken(
                $"{name}: its data ends at byte {end}, the file has {Length - dataStart} bytes of data; it was cut short or its header is damaged: copy it again"
            );
        var wanted = Elements.BlockBytes(kind) * Product(name, shape, Elements.BlockBytes(kind));
        if (end - begin != wanted)
            throw Broken($"{name}: {end - begin} bytes of data, but dtype {kind} and shape [{string.Join(", ", shape)}] need {wanted}");
        return new StoredTensor(name, kind, shape, end - begin, Path) { Offset = dataStart + begin };
    }

    private ElementKind ReadKind(string name, JsonElement value)
    {
        if (!value.TryGetProperty("dtype", out var dtype) || dtype.ValueKind != JsonValueKind.String)
            throw Broken($"{name}: no dtype");
        var text = dtype.GetString()!;
        if (text == "BOOL")
            return ElementKind.Bool;
        if (
            Enum.TryParse<ElementKind>(text, out var kind)
            && kind <= ElementKind.F64
            && text != nameof(ElementKind.Bool)
            && !char.IsAsciiDigit(text[0])
        )
            return kind;
        throw Broken(
            UnreadKinds.Contains(text)
                ? $"{name}: dtype {text} is not read here; save the checkpoint as F32, BF16 or F16"
                : $"{name}: unknown dtype \"{text}\"; known are BOOL, U8, I8, U16, I16, U32, I32, U64, I64, F16, BF16, F32, F64"
        );
    }

    private long[] ReadNumbers(string name, JsonElement value, string field)
    {
        if (!value.TryGetProperty(field, out var list) || list.ValueKind != JsonValueKind.Array)
            throw Broken($"{name}: no list \"{field}\"");
        var numbers = new long[list.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw Broken($"{name}: {field} holds {list[i].GetRawText()}, wanted whole numbers from 0");
        }
        return numbers;
    }

    private long Product(string name, long[] shape, int elementBytes)
    {
        try
        {
            var product = shape.Aggregate(1L, (count, size) => checked(count * size));
            _ = checked(product * elementBytes);
            return product;
        }
        catch (OverflowException)
        {
            throw Broken($"{name}: the size of shape [{string.Join(", ", shape)}] does not fit 64 bits");
        }
    }

    private void ProveCoverage(List<StoredTensor> tensors, long dataStart)
    {
        var reached = dataStart;
        var before = "the header";
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Offset).ThenBy(tensor => tensor.ByteCount))
        {
            if (tensor.Offset != reached)
            {
                throw Broken(
                    tensor.Offset < reached
                        ? $"{tensor.Name}: its data overlaps that of {before}"
                        : $"{tensor.Name}: {tensor.Offset - reached} bytes before its data belong to no tensor"
                );
            }
            reached += tensor.ByteCount;
            before = tensor.Name;
        }
        if (reached != Length)
            throw Broken($"{Length - reached} bytes at the end belong to no tensor: the file is damaged, or two files were joined");
    }

    private CheckpointException Broken(string what) => new($"{Path}: {what}");
}
