using System.Globalization;
using Assay.Testing;
using static Assay.Hub.Tests.HubPlace;

namespace Assay.Hub.Tests;

public class FailureTests : IDisposable
{
    private readonly HubPlace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task The_token_goes_to_the_hub_and_to_no_other_host()
    {
        (_place.Token, _) = ("hf_secret", _place.AddModel());
        await _place.Model();
        Assert.All(
            _place.Hub.Requests.Where(request => !request.IsToStore),
            request => Assert.Equal("Bearer hf_secret", request.Headers["Authorization"]),
            throwIfEmpty: true
        );
        Assert.Contains(_place.Hub.Requests, request => request.IsToStore);
        Assert.All(
            _place.Hub.Requests.Where(request => request.IsToStore),
            request => Assert.DoesNotContain("Authorization", request.Headers.Keys),
            throwIfEmpty: true
        );
    }

    [Fact]
    public async Task A_repository_under_a_new_name_and_redirects_in_a_ring()
    {
        _place.AddModel();
        _place.Hub.Instead = request =>
            request.Path.StartsWith("/api/models/org/old/", StringComparison.Ordinal)
                ? ("307 Temporary Redirect", $"Location: {request.Path.Replace("/old/", "/model/", StringComparison.Ordinal)}\r\n", [])
            : request.Path.StartsWith("/org/old/", StringComparison.Ordinal)
                ? ("307 Temporary Redirect", $"Location: {request.Path.Replace("/old/", "/model/", StringComparison.Ordinal)}\r\n", [])
            : null;
        Assert.Contains("models--org--old", await _place.Model("org/old"), StringComparison.Ordinal);
        _place.Hub.Instead = request => ("302 Found", $"Location: {request.Path}\r\n", []);
        Assert.Contains("redirected more than 10 times", await _place.Refused("org/ring"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("401 Unauthorized", "X-Error-Code: RepoNotFound\r\n", "check the name; if it is private, name a token (HF_TOKEN)")]
    [InlineData("401 Unauthorized", "X-Error-Code: GatedRepo\r\n", "gated (401 Unauthorized): accept its conditions at ")]
    [InlineData("403 Forbidden", "X-Error-Code: GatedRepo\r\n", "gated (403 Forbidden)")]
    [InlineData("403 Forbidden", "X-Error-Message: only for members\r\n", "refuses it (403 Forbidden: only for members): name a token")]
    [InlineData("404 Not Found", "X-Error-Code: RepoNotFound\r\n", "shows no model org/model (404 Not Found)")]
    [InlineData("418 Teapot", "", "answers 418 Teapot")]
    [InlineData("200 OK", "", "the answer is not the hub's")]
    public async Task A_refusal_is_one_line_that_says_what_to_do_and_is_not_asked_again(string status, string headers, string expected)
    {
        _place.Hub.Instead = _ => (status, headers, "<html>"u8.ToArray());
        Assert.Contains(expected, await _place.Refused(), StringComparison.Ordinal);
        Assert.Single(_place.Hub.Requests);
    }

    [Fact]
    public async Task A_token_that_does_not_open_it_is_said_to_be_there()
    {
        (_place.Token, _place.Hub.Instead) = ("hf_wrong", _ => ("401 Unauthorized", "", []));
        var message = await _place.Refused();
        Assert.Contains("does not open it", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_wrong", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("429 Too Many Requests", "Retry-After: 7\r\n", 7)]
    [InlineData("429 Too Many Requests", "RateLimit: \"api\";r=0;t=55\r\n", 55)]
    [InlineData("503 Service Unavailable", "", 1)]
    public async Task What_passes_is_waited_for_as_long_as_the_server_asks(string status, string headers, int seconds)
    {
        _place.AddModel();
        var asked = 0;
        _place.Hub.Instead = request =>
            request.Path.StartsWith("/api/", StringComparison.Ordinal) && ++asked == 1 ? (status, headers, []) : null;
        await _place.Model();
        Assert.Contains(TimeSpan.FromSeconds(seconds), _place.Clock.Waits);
        Assert.Contains(_place.Said, line => line.Contains($"trying again in {seconds} s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_stays_overloaded_or_asks_for_an_hour_is_given_up()
    {
        _place.Hub.Instead = _ => ("503 Service Unavailable", "", []);
        Assert.Contains("503 Service Unavailable, 5 times", await _place.Refused(), StringComparison.Ordinal);
        Assert.Equal(5, _place.Hub.Requests.Count);
        Assert.Equal([1, 2, 4, 8], _place.Clock.Waits.Select(wait => wait.TotalSeconds));
        _place.Hub.Instead = _ => ("429 Too Many Requests", "Retry-After: 3600\r\n", []);
        Assert.Contains("asks to wait for 60 minutes", await _place.Refused(), StringComparison.Ordinal);
        Assert.Equal(6, _place.Hub.Requests.Count);
    }

    [Fact]
    public async Task A_hub_that_is_not_there_is_one_line_at_once()
    {
        var dead = new HubStandIn();
        var endpoint = dead.Endpoint;
        dead.Dispose();
        var message = (
            await Assert.ThrowsAsync<HubException>(() => _place.Model(settings: _place.Settings with { Endpoint = endpoint }))
        ).Message;
        Assert.Contains($"org/model: {endpoint} cannot be reached (", message, StringComparison.Ordinal);
        Assert.Contains("HF_ENDPOINT", message, StringComparison.Ordinal);
        Assert.Empty(_place.Clock.Waits);
    }

    [Fact]
    public async Task Offline_nothing_is_asked()
    {
        (_, _place.IsOffline) = (_place.AddModel(), true);
        Assert.Contains("HF_HUB_OFFLINE forbids to fetch it", await _place.Refused(), StringComparison.Ordinal);
        Assert.Empty(_place.Hub.Requests);
        _place.IsOffline = false;
        var folder = await _place.Model();
        var asked = _place.Hub.Requests.Count;
        _place.IsOffline = true;
        Assert.Equal(folder, await _place.Model());
        Assert.Equal(asked, _place.Hub.Requests.Count);
    }

    [Fact]
    public async Task A_connection_that_is_cut_again_and_again_goes_on_where_it_was()
    {
        var weights = Weights(1);
        _place.AddModel(weights);
        _place.Hub.CutAfter = request => request.IsToStore ? 40_000 : null;
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(await _place.Model(), "model.safetensors")));
        // More cuts than attempts: each brings something.
        Assert.Equal(
            Enumerable.Range(0, 8).Select(i => i == 0 ? "" : $"bytes={(i * 40_000).ToString(CultureInfo.InvariantCulture)}-"),
            _place.Hub.Requests.Where(request => request.IsToStore).Select(request => request.Headers.GetValueOrDefault("Range", ""))
        );
        Assert.False(File.Exists(_place.Incomplete(weights)));
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_gone_on_with_and_is_kept_when_nothing_more_comes()
    {
        var weights = Weights(1);
        _place.AddModel(weights);
        _place.Hub.CutAfter = request =>
            request.IsToStore
                ? request.Headers.ContainsKey("Range")
                    ? 0
                    : 100_000
                : null;
        Assert.Contains("org/model/model.safetensors", await _place.Refused(), StringComparison.Ordinal);
        Assert.Equal(weights[..100_000], File.ReadAllBytes(_place.Incomplete(weights)));
        _place.Hub.CutAfter = null;
        var asked = _place.Hub.Requests.Count;
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(await _place.Model(), "model.safetensors")));
        Assert.Equal("bytes=100000-", Assert.Single(_place.Hub.Requests.Skip(asked), request => request.IsToStore).Headers["Range"]);
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_sends_all_of_it_again()
    {
        var weights = Weights(1);
        (_, _place.Hub.KnowsRanges) = (_place.AddModel(weights), false);
        var requests = 0;
        _place.Hub.CutAfter = request => request.IsToStore && ++requests < 3 ? 50_000 * requests : null;
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(await _place.Model(), "model.safetensors")));
        Assert.Equal(3, requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Wrong_bytes_are_deleted_and_told_whether_they_came_now_or_were_left(bool wereLeft)
    {
        byte[] weights = Weights(1),
            wrong = Weights(2);
        _place.AddModel(weights);
        if (wereLeft)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_place.Incomplete(weights))!);
            File.WriteAllBytes(_place.Incomplete(weights), wrong[..1000]);
        }
        else
            _place.Hub.Instead = request => request.IsToStore ? ("200 OK", "", wrong) : null;
        var message = await _place.Refused();
        Assert.Contains($"the hub says {HubStandIn.Sha256(weights)}: it was deleted", message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            _place.Cached("models--org--model"),
            path =>
                path.Contains(HubStandIn.Sha256(weights), StringComparison.Ordinal)
                || path.Contains("model.safetensors", StringComparison.Ordinal)
        );
        _place.Hub.Instead = null;
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(await _place.Model(), "model.safetensors")));
    }

    [Fact]
    public async Task More_bytes_than_the_hub_says_are_refused_and_a_blob_that_was_cut_is_fetched_again()
    {
        var weights = Weights(1);
        _place.AddModel(weights);
        _place.Hub.Instead = request => request.IsToStore ? ("200 OK", "", [.. weights, 0]) : null;
        Assert.Contains("more than the 300,000 bytes", await _place.Refused(), StringComparison.Ordinal);
        _place.Hub.Instead = null;
        File.WriteAllBytes(_place.Incomplete(weights)[..^".incomplete".Length], weights[..5]);
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(await _place.Model(), "model.safetensors")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ETag: \"../../escape\"\r\n")]
    [InlineData("ETag: \"0123\"\r\nX-Repo-Commit: 0000000000000000000000000000000000000000\r\n")]
    public async Task An_answer_without_a_usable_etag_or_of_another_commit_is_refused(string headers)
    {
        _place.AddModel();
        _place.Hub.Instead = request => request.Method == "HEAD" ? ("200 OK", headers, []) : null;
        Assert.Contains(
            headers.Contains("Commit", StringComparison.Ordinal) ? "is of commit 0000" : "no ETag that names a blob",
            await _place.Refused(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Two_that_fetch_at_once_fetch_each_file_once()
    {
        var weights = Weights(1);
        _place.AddModel(weights);
        var folders = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => _place.Model())));
        Assert.Single(folders.Distinct());
        Assert.Equal(weights, File.ReadAllBytes(Path.Combine(folders[0], "model.safetensors")));
        Assert.Single(_place.Hub.Requests, request => request.IsToStore);
    }

    [Fact]
    public async Task A_blob_that_another_process_holds_is_waited_for()
    {
        _place.AddModel();
        var path = Path.Combine(_place.Cache, ".locks", "models--org--model", HubStandIn.Sha256(Weights(1)) + ".lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Task<string> waiting;
        using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            waiting = Task.Run(() => _place.Model());
            while (!_place.Said.ToArray().Any(line => line.Contains("another process", StringComparison.Ordinal)))
                await Task.Delay(10);
            Assert.False(waiting.IsCompleted);
        }
        Assert.Equal(Weights(1), File.ReadAllBytes(Path.Combine(await waiting, "model.safetensors")));
    }
}
