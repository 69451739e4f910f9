namespace Assay.Text.Templates.Runtime;

/// <summary>Python's stable <c>sorted</c>: only ever asks whether one key is less than another, and lets an error in that through.</summary>
internal static class Sorting
{
    public static List<T> Sorted<T>(Renderer renderer, IEnumerable<T> items, Func<T, object> key, bool isReversed = false)
    {
        (object Key, T Item)[] keyed = [.. items.Select(item => (key(item), item))];
        // Reversing before and after keeps equal items in their order.
        if (isReversed) Array.Reverse(keyed);
        var merged = new (object Key, T Item)[keyed.Length];
        for (int width = 1; width < keyed.Length; width *= 2)
        {
            for (int start = 0; start < keyed.Length; start += 2 * width) Merge(start, width);
            (keyed, merged) = (merged, keyed);
        }
        if (isReversed) Array.Reverse(keyed);
        return [.. keyed.Select(k => k.Item)];

        void Merge(int start, int width)
        {
            int middle = Math.Min(start + width, keyed.Length), end = Math.Min(middle + width, keyed.Length);
            for (int left = start, right = middle, at = start; at < end; at++)
            {
                renderer.Charge(1);
                bool takesRight = left == middle || (right < end && Comparison.Order(keyed[right].Key, keyed[left].Key, "<") < 0);
                merged[at] = takesRight ? keyed[right++] : keyed[left++];
            }
        }
    }

    /// <summary>Strings in lower case for sorting without regard to case; other values as they are.</summary>
    public static object IgnoreCase(object value) => value is TemplateString text ? TemplateString.Of(PythonText.ToLower(text.Value)) : value;
}
