namespace Assay.Text.Templates.Values;

/// <summary>Shared boxes of the values that come up all the time.</summary>
internal static class Boxed
{
    public static readonly object True = true;
    public static readonly object False = false;
    private static readonly object[] s_small = [.. Enumerable.Range(-16, 1040).Select(i => (object)(long)i)];

    public static object Of(bool value) => value ? True : False;

    public static object Of(long value) => value is >= -16 and < 1024 ? s_small[value + 16] : value;
}
