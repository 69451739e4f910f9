using System.Runtime.InteropServices;
using System.Text.Json;

namespace Assay.Data.Reading;

/// <summary>
/// Which names an object may have, as bits: a reader asks for some thirty names of which a row has five, and searching the object for each
/// is as dear as parsing it. Names that are there are never denied; a few others are not either, and are then searched for in vain.
/// </summary>
internal readonly struct JsonNames
{
    private readonly ulong _bits;

    public JsonNames(JsonElement element)
    {
        foreach (var property in element.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(property);
            // An escaped name may be any name.
            if (name.Contains((byte)'\\'))
                _bits = ulong.MaxValue;
            else if (name.Length > 0)
                _bits |= Bit(name.Length, name[0], name[^1]);
        }
    }

    /// <param name="name">Not empty, of ASCII characters.</param>
    public bool MayHold(string name) => (_bits & Bit(name.Length, name[0], name[^1])) != 0;

    private static ulong Bit(int length, int first, int last) => 1UL << (length * 11 + first * 5 + last & 63);
}
