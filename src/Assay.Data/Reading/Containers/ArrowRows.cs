using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Apache.Arrow;
using Apache.Arrow.Arrays;
using Apache.Arrow.Types;
using Assay.Data.Contract;

namespace Assay.Data.Reading.Containers;

/// <summary>
/// Rows of Arrow batches as JSON objects: structs and maps become objects, lists lists, bytes base64, times ISO 8601. What JSON has no
/// number for (NaN, infinities) stands as text, so that the contract finds it. Text that is not UTF-8 makes its row one that cannot be
/// read, and stands in it as <c>{"base64": …}</c>.
/// </summary>
internal sealed class ArrowRows
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int KeptOfTooLong = 200;

    private readonly string[] _columns;
    private readonly int _maxRowBytes;
    private readonly ArrayBufferWriter<byte> _row = new(1 << 12);
    private readonly Utf8JsonWriter _writer;
    private string? _badText;

    /// <exception cref="DataFormatException">Two columns have one name.</exception>
    public ArrowRows(Schema schema, string path, int maxRowBytes)
    {
        _columns = [.. schema.FieldsList.Select(field => field.Name)];
        if (_columns.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataFormatException($"{path}: two columns are named \"{twice.Key}\"; rename one");
        _maxRowBytes = maxRowBytes;
        _writer = new Utf8JsonWriter(_row, Json);
    }

    /// <summary>The rows from <paramref name="start"/> on, numbered from <paramref name="number"/>.</summary>
    public List<RawRow> Read(RecordBatch batch, int start, int count, long number)
    {
        var rows = new List<RawRow>(count);
        for (var i = start; i < start + count; i++)
            rows.Add(Row(batch, i, number++));
        return rows;
    }

    private RawRow Row(RecordBatch batch, int index, long number)
    {
        _row.ResetWrittenCount();
        _writer.Reset();
        _badText = null;
        _writer.WriteStartObject();
        for (var column = 0; column < _columns.Length; column++)
        {
            _writer.WritePropertyName(_columns[column]);
            Write(batch.Column(column), index, _columns[column]);
        }
        _writer.WriteEndObject();
        _writer.Flush();
        if (_row.WrittenCount > _maxRowBytes)
            return new RawRow(
                number,
                _row.WrittenSpan[..KeptOfTooLong].ToArray(),
                new Finding(
                    Reason.LineTooLong,
                    $"the row has {_row.WrittenCount:N0} bytes, the limit is {_maxRowBytes:N0}; only its first {KeptOfTooLong} bytes were kept",
                    1
                )
            );
        return new RawRow(
            number,
            _row.WrittenSpan.ToArray(),
            _badText is null
                ? null
                : new Finding(Reason.BadEncoding, $"{_badText} holds bytes that are not UTF-8; they stand in the row as base64", 1)
        );
    }

    private void Write(IArrowArray array, int i, string name)
    {
        if (array.IsNull(i))
        {
            _writer.WriteNullValue();
            return;
        }
        switch (array)
        {
            case StringArray text:
                Text(text.GetBytes(i), name);
                break;
            case LargeStringArray text:
                Text(text.GetBytes(i), name);
                break;
            case StringViewArray text:
                Text(text.GetBytes(i), name);
                break;
            case MapArray map:
                Map(map, i, name);
                break;
            case ListArray list:
                List(list.Values, list.ValueOffsets[i], list.ValueOffsets[i + 1], name);
                break;
            case LargeListArray list:
                List(list.Values, checked((int)list.ValueOffsets[i]), checked((int)list.ValueOffsets[i + 1]), name);
                break;
            case ListViewArray list:
                List(list.Values, list.ValueOffsets[i], list.ValueOffsets[i] + list.Sizes[i], name);
                break;
            case FixedSizeListArray list:
                FixedList(list, i, name);
                break;
            case StructArray row:
                Struct(row, i, name);
                break;
            case DictionaryArray words:
                Write(words.Dictionary, IndexOf(words.Indices, i), name);
                break;
            case BooleanArray flags:
                _writer.WriteBooleanValue(flags.GetValue(i)!.Value);
                break;
            case BinaryArray bytes:
                _writer.WriteBase64StringValue(bytes.GetBytes(i));
                break;
            case LargeBinaryArray bytes:
                _writer.WriteBase64StringValue(bytes.GetBytes(i));
                break;
            case BinaryViewArray bytes:
                _writer.WriteBase64StringValue(bytes.GetBytes(i));
                break;
            case Decimal128Array number:
                _writer.WriteRawValue(number.GetString(i)!);
                break;
            case Decimal256Array number:
                _writer.WriteRawValue(number.GetString(i)!);
                break;
            case FixedSizeBinaryArray bytes:
                _writer.WriteBase64StringValue(bytes.GetBytes(i));
                break;
            case DoubleArray numbers:
                Number(numbers.Values[i]);
                break;
            case FloatArray numbers:
                Number(numbers.Values[i]);
                break;
            case HalfFloatArray numbers:
                Number((float)numbers.Values[i]);
                break;
            case UInt64Array numbers:
                _writer.WriteNumberValue(numbers.Values[i]);
                break;
            case Date32Array or Date64Array:
                _writer.WriteStringValue(Day(array, i));
                break;
            case TimestampArray times:
                Time(times, i);
                break;
            case Time32Array or Time64Array:
                _writer.WriteStringValue(
                    (array is Time32Array seconds ? seconds.GetTime(i) : ((Time64Array)array).GetTime(i))!.Value.ToString(
                        "HH:mm:ss.FFFFFFF",
                        CultureInfo.InvariantCulture
                    )
                );
                break;
            case DurationArray spans:
                _writer.WriteNumberValue(spans.Values[i]);
                break;
            default:
                _writer.WriteNumberValue(
                    Integer(array, i)
                        ?? throw new NotSupportedException(
                            $"column {name} is of Arrow's type {array.Data.DataType.Name}, which has no form in JSON; leave the column out"
                        )
                );
                break;
        }
    }

    private static long? Integer(IArrowArray array, int i) =>
        array switch
        {
            Int64Array numbers => numbers.Values[i],
            Int32Array numbers => numbers.Values[i],
            Int16Array numbers => numbers.Values[i],
            Int8Array numbers => numbers.Values[i],
            UInt32Array numbers => numbers.Values[i],
            UInt16Array numbers => numbers.Values[i],
            UInt8Array numbers => numbers.Values[i],
            _ => null,
        };

    private static int IndexOf(IArrowArray indices, int i) =>
        checked(
            (int)(
                indices is UInt64Array large
                    ? (long)large.Values[i]
                    : Integer(indices, i) ?? throw new NotSupportedException($"a dictionary is indexed by {indices.Data.DataType.Name}")
            )
        );

    private void Text(ReadOnlySpan<byte> bytes, string name)
    {
        if (Utf8.IsValid(bytes))
        {
            _writer.WriteStringValue(bytes);
            return;
        }
        _badText ??= name;
        _writer.WriteStartObject();
        _writer.WriteBase64String("base64", bytes);
        _writer.WriteEndObject();
    }

    private void Number(double value)
    {
        if (double.IsFinite(value))
            _writer.WriteNumberValue(value);
        else
            _writer.WriteStringValue(value.ToString(NumberFormatInfo.InvariantInfo));
    }

    // A float is written with its own fewest digits: 0.1f as 0.1.
    private void Number(float value)
    {
        if (float.IsFinite(value))
            _writer.WriteNumberValue(value);
        else
            _writer.WriteStringValue(value.ToString(NumberFormatInfo.InvariantInfo));
    }

    private void List(IArrowArray values, int start, int end, string name)
    {
        _writer.WriteStartArray();
        for (var i = start; i < end; i++)
            Write(values, i, name);
        _writer.WriteEndArray();
    }

    private void FixedList(FixedSizeListArray list, int i, string name)
    {
        var size = ((FixedSizeListType)list.Data.DataType).ListSize;
        List(list.Values, (list.Offset + i) * size, (list.Offset + i + 1) * size, name);
    }

    private void Struct(StructArray row, int i, string name)
    {
        var fields = ((StructType)row.Data.DataType).Fields;
        _writer.WriteStartObject();
        for (var field = 0; field < fields.Count; field++)
        {
            _writer.WritePropertyName(fields[field].Name);
            Write(row.Fields[field], i, name);
        }
        _writer.WriteEndObject();
    }

    private void Map(MapArray map, int i, string name)
    {
        int start = map.ValueOffsets[i],
            end = map.ValueOffsets[i + 1];
        _writer.WriteStartObject();
        for (var entry = start; entry < end; entry++)
        {
            if (map.Keys is not StringArray keys)
                throw new NotSupportedException($"column {name} is a map whose keys are no text; leave the column out");
            var key = keys.GetBytes(entry);
            if (!Utf8.IsValid(key))
                _badText ??= name;
            _writer.WritePropertyName(Utf8.IsValid(key) ? key : "?"u8);
            Write(map.Values, entry, name);
        }
        _writer.WriteEndObject();
    }

    private static string Day(IArrowArray array, int i) =>
        (array is Date32Array days ? days.GetDateTime(i) : ((Date64Array)array).GetDateTime(i))!.Value.ToString(
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture
        );

    private void Time(TimestampArray times, int i)
    {
        var type = (TimestampType)times.Data.DataType;
        _writer.WriteStringValue(
            times
                .GetTimestamp(i)!
                .Value.ToString(
                    type.Timezone is null ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'",
                    CultureInfo.InvariantCulture
                )
        );
    }
}
