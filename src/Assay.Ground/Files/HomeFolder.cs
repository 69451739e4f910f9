namespace Assay.Ground.Files;

/// <summary>
/// The user's folder where a shell has not put it: in recipes, and behind <c>--name=</c>, where bash leaves <c>~/</c> as it is.
/// </summary>
public static class HomeFolder
{
    /// <summary>The text with a leading <c>~/</c> replaced by the user's folder; any other as it is.</summary>
    public static string Expand(string text) =>
        text.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), text[2..].TrimStart('/'))
            : text;
}
