namespace Assay.Hub.Tests;

public class NameTests
{
    [Theory]
    [InlineData("Qwen/Qwen3-0.6B", "Qwen/Qwen3-0.6B", null)]
    [InlineData("org/name@v1.0", "org/name", "v1.0")]
    [InlineData("org/name@refs/pr/3", "org/name", "refs/pr/3")]
    [InlineData("_private/a.b_c-d", "_private/a.b_c-d", null)]
    public void A_name_is_an_organisation_and_a_name_with_or_without_a_revision(string text, string id, string? revision)
    {
        Assert.True(HubName.TryParse(text, out var name));
        Assert.Equal((id, revision), (name.Id, name.Revision));
        Assert.Equal(text, name.ToString());
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("a/b/c")]
    [InlineData("./org/name")]
    [InlineData("../name")]
    [InlineData("/org/name")]
    [InlineData("~/name")]
    [InlineData("org/name/")]
    [InlineData("org\\name")]
    [InlineData("C:/name")]
    [InlineData("org/na me")]
    [InlineData("org/a--b")]
    [InlineData("org/a..b")]
    [InlineData("models/weights.gguf")]
    [InlineData("models/model.safetensors")]
    [InlineData("org/name@../../x")]
    [InlineData("org/name@/x")]
    [InlineData("org/name@")]
    [InlineData("org/name:train")]
    public void What_is_a_path_or_nothing_is_no_name(string text) => Assert.False(HubName.TryParse(text, out _));

    [Theory]
    [InlineData("org/data", null, null)]
    [InlineData("org/data:train", null, "train")]
    [InlineData("org/data@v2:config/test", "v2", "config/test")]
    [InlineData("org/data:a/b/*.jsonl", null, "a/b/*.jsonl")]
    public void A_data_set_may_have_a_part(string text, string? revision, string? part)
    {
        Assert.True(HubName.TryParseData(text, out var name, out var found));
        Assert.Equal(("org/data", revision, part), (name.Id, name.Revision, found));
    }

    [Theory]
    [InlineData("gpt2", true)]
    [InlineData("org/base", true)]
    [InlineData("../base", false)]
    [InlineData("/models/base", false)]
    public void An_adapters_base_may_be_one_of_the_oldest_models(string text, bool isName) =>
        Assert.Equal(isName, HubName.TryParseBase(text, out _));

    [Fact]
    public void Settings_are_those_of_the_environment()
    {
        var home = Directory.CreateTempSubdirectory("assay-hub-home-").FullName;
        try
        {
            HubSettings Read(params (string Name, string Value)[] given) =>
                HubSettings.Read(name => given.Where(one => one.Name == name).Select(one => one.Value).FirstOrDefault());
            var plain = Read(("HOME", home));
            Assert.Equal(
                (HubSettings.DefaultEndpoint, Path.Combine(home, ".cache", "huggingface", "hub"), null, false, true),
                (plain.Endpoint, plain.Cache, plain.Token, plain.IsOffline, plain.MayLink)
            );
            Assert.Equal(Path.Combine(home, "x", "huggingface", "hub"), Read(("XDG_CACHE_HOME", Path.Combine(home, "x"))).Cache);
            Assert.Equal(Path.Combine(home, "hf", "hub"), Read(("HOME", home), ("HF_HOME", "~/hf"), ("XDG_CACHE_HOME", "/x")).Cache);
            Assert.Equal(Path.Combine(home, "c"), Read(("HF_HOME", "/nowhere"), ("HF_HUB_CACHE", Path.Combine(home, "c"))).Cache);
            File.WriteAllText(Path.Combine(home, "token"), "hf_stored\n");
            Assert.Equal("hf_stored", Read(("HF_HOME", home)).Token);
            Assert.Equal("hf_given", Read(("HF_HOME", home), ("HF_TOKEN", " hf_given ")).Token);
            Assert.Null(Read(("HF_HOME", home), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).Token);
            Assert.True(Read(("HF_HOME", home), ("HF_HUB_OFFLINE", "true")).IsOffline);
            Assert.False(Read(("HF_HOME", home), ("HF_HUB_OFFLINE", "0")).IsOffline);
            Assert.Equal("https://mirror.example/hf", Read(("HF_HOME", home), ("HF_ENDPOINT", "https://mirror.example/hf/")).Endpoint);
            Assert.Contains(
                "HF_ENDPOINT is 'mirror'",
                Assert.Throws<HubException>(() => Read(("HF_HOME", home), ("HF_ENDPOINT", "mirror"))).Message,
                StringComparison.Ordinal
            );
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
