namespace Assay.Data;

/// <summary>Finds the known name a mistyped one was probably meant to be.</summary>
public static class NearestName
{
    /// <summary><c>" (did you mean 'x'?)"</c>, or nothing when no known name is near.</summary>
    public static string Suggest(string given, IEnumerable<string> known)
    {
        var nearest = known.Select(name => (name, distance: Distance(given, name))).MinBy(pair => pair.distance);
        return nearest.name is not null && nearest.distance <= Math.Max(2, given.Length / 3) ? $" (did you mean '{nearest.name}'?)" : "";
    }

    // Levenshtein: the least number of letters put in, taken out or changed.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
