using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Assay.Serving.Page;

/// <summary>
/// <c>GET /</c>: a page to paste a prompt and answers into. It is one file, asks this server alone, and runs no other script than its own.
/// </summary>
internal static class ScorePage
{
    private static readonly string Text = Read();

    private static readonly string Policy =
        $"default-src 'none'; connect-src 'self'; style-src '{HashOf("style")}'; script-src '{HashOf("script")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Task Write(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-cache";
        return context.Response.WriteAsync(Text, context.RequestAborted);
    }

    private static string Read()
    {
        using var stream = typeof(ScorePage).Assembly.GetManifestResourceStream("Assay.Serving.page.html")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n"); // as the browser hashes it, whatever the checkout made of line ends
    }

    private static string HashOf(string element)
    {
        var from = Text.IndexOf($"<{element}>", StringComparison.Ordinal) + element.Length + 2;
        return "sha256-"
            + Convert.ToBase64String(
                SHA256.HashData(Encoding.UTF8.GetBytes(Text[from..Text.IndexOf($"</{element}>", StringComparison.Ordinal)]))
            );
    }
}
