using Assay.Data.Contract;

namespace Assay.Data.Reading;

/// <summary>One row of a source before it is understood: UTF-8 JSON on one line, or what is wrong with it.</summary>
/// <param name="Line">Line from 1 at which it begins.</param>
/// <param name="Bytes">The JSON object.</param>
/// <param name="Problem">Set when the source could not deliver the row; <paramref name="Bytes"/> is then what there is of it.</param>
internal readonly record struct RawRow(long Line, ReadOnlyMemory<byte> Bytes, Finding? Problem = null);
