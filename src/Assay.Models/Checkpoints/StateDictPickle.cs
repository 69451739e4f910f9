using System.Buffers.Binary;
using System.Text;

namespace Assay.Models.Checkpoints;

/// <summary>A tensor of a state dict: a view of a storage.</summary>
/// <param name="Storage">The storage's key: the name of its entry under <c>data/</c>.</param>
/// <param name="Kind">Of its numbers.</param>
/// <param name="StorageCount">How many numbers the storage holds.</param>
/// <param name="First">The view's first number.</param>
/// <param name="Shape">Sizes, slowest first.</param>
/// <param name="Strides">Numbers from one to the next, by dimension.</param>
internal sealed record PickledTensor(string Storage, ElementKind Kind, long StorageCount, long First, long[] Shape, long[] Strides);

/// <summary>
/// Reads the pickle that torch.save writes for a state dict, without running anything: a stack machine of the opcodes that occur there
/// (CPython: Lib/pickletools.py), on which the only names that may be asked for are those of tensors, storages and OrderedDict (torch:
/// torch/_utils.py, serialization.py). Any other name is refused before it could mean something.
/// </summary>
internal sealed class StateDictPickle
{
    private static readonly Dictionary<string, ElementKind> Storages = new()
    {
        ["torch.DoubleStorage"] = ElementKind.F64,
        ["torch.FloatStorage"] = ElementKind.F32,
        ["torch.HalfStorage"] = ElementKind.F16,
        ["torch.BFloat16Storage"] = ElementKind.BF16,
        ["torch.LongStorage"] = ElementKind.I64,
        ["torch.IntStorage"] = ElementKind.I32,
        ["torch.ShortStorage"] = ElementKind.I16,
        ["torch.CharStorage"] = ElementKind.I8,
        ["torch.ByteStorage"] = ElementKind.U8,
        ["torch.BoolStorage"] = ElementKind.Bool,
    };

    private const string OrderedDict = "collections.OrderedDict",
        Tensor = "torch._utils._rebuild_tensor_v2",
        Parameter = "torch._utils._rebuild_parameter";

    private readonly byte[] _bytes;
    private readonly List<object?> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, object?> _memo = [];
    private int _at;

    private StateDictPickle(byte[] bytes) => _bytes = bytes;

    private sealed record Name(string Text);

    private sealed record Storage(string Key, ElementKind Kind, long Count);

    private sealed class Entries : List<(object? Key, object? Value)>;

    /// <summary>The tensors of the state dict, in its order.</summary>
    /// <exception cref="FormatException">Not the pickle of a state dict; the message says what was met.</exception>
    public static IReadOnlyList<(string Name, PickledTensor Tensor)> Read(byte[] bytes)
    {
        try
        {
            if (new StateDictPickle(bytes).Run() is not Entries entries)
                throw new FormatException("it holds no dictionary of tensors");
            return
            [
                .. entries.Select(entry =>
                    (
                        entry.Key as string ?? throw new FormatException("a key of its dictionary is no text"),
                        entry.Value as PickledTensor
                            ?? throw new FormatException(
                                $"{entry.Key} is no tensor: not the state dict of a model (a whole training state, perhaps)"
                            )
                    )
                ),
            ];
        }
        catch (Exception e)
            when (e
                    is IndexOutOfRangeException
                        or ArgumentException
                        or InvalidOperationException
                        or OverflowException
                        or KeyNotFoundException
            )
        {
            throw new FormatException("its pickle is damaged or cut short", e);
        }
    }

    private object? Run()
    {
        while (true)
        {
            var opcode = _bytes[_at++];
            switch ((char)opcode)
            {
                case '\u0080':
                    _at++;
                    break; // PROTO
                case '}' or ']':
                    Push(opcode == '}' ? new Entries() : new List<object?>());
                    break;
                case '(':
                    _marks.Push(_stack.Count);
                    break;
                case ')':
                    Push(Array.Empty<object?>());
                    break;
                case 'X':
                    Push(Encoding.UTF8.GetString(Take(checked((int)UInt32()))));
                    break;
                case 'c':
                    Push(Known($"{Line()}.{Line()}"));
                    break;
                case 'q':
                    _memo[_bytes[_at++]] = _stack[^1];
                    break;
                case 'r':
                    _memo[UInt32()] = _stack[^1];
                    break;
                case 'h':
                    Push(_memo[_bytes[_at++]]);
                    break;
                case 'j':
                    Push(_memo[UInt32()]);
                    break;
                case 'K':
                    Push((long)_bytes[_at++]);
                    break;
                case 'M':
                    Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2)));
                    break;
                case 'J':
                    Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4)));
                    break;
                case 'G':
                    Push(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
                    break;
                case '\u008a':
                    Push(Long(Take(_bytes[_at++])));
                    break;
                case '\u0088' or '\u0089':
                    Push(opcode == 0x88);
                    break;
                case 'N':
                    Push(null);
                    break;
                case 't':
                    Push(FromMark());
                    break;
                case '\u0085' or '\u0086' or '\u0087':
                    Push(Pop(opcode - 0x84));
                    break;
                case 'Q':
                    Push(Persistent(Pop()));
                    break;
                case 'R':
                    Push(Called(Pop(2)));
                    break;
                case 's':
                    AddTo(Pop(2));
                    break;
                case 'u':
                    AddTo(FromMark());
                    break;
                case 'a' or 'e':
                    Append(opcode == 'a' ? Pop(1) : FromMark());
                    break;
                case 'b':
                    if (Pop() is var _ && Top() is not Entries)
                        throw new FormatException("it sets the inner state of something that is no dictionary");
                    break; // OrderedDict's _metadata
                case '.':
                    return Pop();
                default:
                    throw new FormatException($"its pickle holds the opcode 0x{opcode:x2} at byte {_at - 1}, which no state dict needs");
            }
        }
    }

    private static Name Known(string name) =>
        name is OrderedDict or Tensor or Parameter || Storages.ContainsKey(name)
            ? new Name(name)
            : throw new FormatException(
                $"its pickle asks for {name}: a state dict holds nothing but tensors, and anything else could run code"
            );

    private static Storage Persistent(object? id) =>
        id is object?[] and ["storage", Name(var kind), string key, string, long and >= 0 and var count]
        && Storages.TryGetValue(kind, out var element)
            ? new Storage(key, element, count)
            : throw new FormatException("it names a storage in a form that is not known");

    private static object? Called(object?[] call) =>
        call switch
        {
            [Name(OrderedDict), object?[] and []] => new Entries(),
            [Name(Parameter), object?[] and [PickledTensor tensor, ..]] => tensor,
            [Name(Tensor), object?[] and [Storage storage, long and >= 0 and var first, object?[] shape, object?[] strides, ..]]
                when shape.Length == strides.Length => new PickledTensor(
                storage.Key,
                storage.Kind,
                storage.Count,
                first,
                Sizes(shape),
                Sizes(strides)
            ),
            _ => throw new FormatException("it builds something that is neither a tensor nor a dictionary"),
        };

    private static long[] Sizes(object?[] values) =>
        [
            .. values.Select(value =>
                value is long and >= 0 and var size ? size : throw new FormatException("a tensor's size is no whole number from 0")
            ),
        ];

    private void AddTo(object?[] pairs)
    {
        if (Top() is not Entries entries || pairs.Length % 2 != 0)
            throw new FormatException("it adds entries to something that is no dictionary");
        for (var i = 0; i < pairs.Length; i += 2)
            entries.Add((pairs[i], pairs[i + 1]));
    }

    private void Append(object?[] items)
    {
        if (Top() is not List<object?> list)
            throw new FormatException("it appends to something that is no list");
        list.AddRange(items);
    }

    private static long Long(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8)
            throw new FormatException("it holds a number of more than 64 bits");
        var value = bytes.Length > 0 && bytes[^1] >= 0x80 ? -1L : 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
            value = (value << 8) | bytes[i];
        return value;
    }

    private void Push(object? value) => _stack.Add(value);

    private object? Top() => _stack[^1];

    private object? Pop() => Pop(1)[0];

    private object?[] Pop(int count)
    {
        object?[] values = [.. _stack.GetRange(_stack.Count - count, count)];
        _stack.RemoveRange(_stack.Count - count, count);
        return values;
    }

    private object?[] FromMark() => Pop(_stack.Count - _marks.Pop());

    private uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    private string Line()
    {
        var end = Array.IndexOf(_bytes, (byte)'\n', _at);
        var text = Encoding.UTF8.GetString(_bytes, _at, end - _at);
        _at = end + 1;
        return text;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var bytes = _bytes.AsSpan(_at, count);
        _at += count;
        return bytes;
    }
}
