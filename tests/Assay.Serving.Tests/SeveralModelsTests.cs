using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Assay.Reward;
using static Assay.Serving.Tests.SmallRewardModel;

namespace Assay.Serving.Tests;

public sealed class SeveralModelsTests
{
    private const float BatchRounding = 2e-5f;

    /// <summary>Bodies of dialects that mind the model's name, without it.</summary>
    private static readonly (string Path, string Body)[] Minded =
    [
        ("/v1/reward", """{"text": "is water wet"}"""),
        ("/classify", """{"input": "is water wet"}"""),
        ("/v1/classify", """{"input": "is water wet"}"""),
        ("/pooling", """{"input": "is water wet"}"""),
        ("/v1/embeddings", """{"input": "is water wet"}"""),
        ("/score", """{"text_1": "is water", "text_2": "wet"}"""),
        ("/rerank", """{"query": "is", "documents": ["water"]}"""),
        ("/classify", """{"text": "is water wet"}"""),
    ];

    private static string With(string body, string model)
    {
        var named = JsonNode.Parse(body)!;
        named["model"] = model;
        return named.ToJsonString();
    }

    [Fact]
    public async Task Each_is_asked_for_by_its_name_and_an_unknown_name_is_404_in_the_dialect_s_shape()
    {
        using var other = new SmallRewardModel(seed: 2);
        using var second = RewardModel.Load(other.Folder);
        await using var server = await RunningServer.Start(RunningServer.Options with { FurtherNames = ["second"] });
        Assert.Equal(503, (await server.Get("/ready")).Status); // one of the two is not there yet
        Assert.Equal(503, (await server.Post("/v1/reward", With(Minded[0].Body, "second"))).Status);
        await server.Server.LoadAsync(other.Folder, name: "second");
        var (status, ready) = await server.Get("/ready");
        Assert.Equal((200, 2), (status, ready["models"]!.AsArray().Count));

        var conversation = Turns("is water wet", "yes of course");
        const string Asked =
            """{"messages": [{"role": "user", "content": "is water wet"}, {"role": "assistant", "content": "yes of course"}]}""";
        float first = server.ScoreOf(conversation),
            expected = second.Score([conversation])[0].Score;
        Assert.True(Math.Abs(first - expected) > 100 * BatchRounding);
        foreach (
            var (path, body, wanted, name) in ((string, string, float, string)[])
                [
                    ("/v1/reward", Asked, first, "small-rm"),
                    ("/v1/reward", With(Asked, "small-rm"), first, "small-rm"),
                    ("/v1/reward", With(Asked, "second"), expected, "second"),
                    ("/v1/reward?model=second", Asked, expected, "second"),
                ]
        )
        {
            var answer = await server.Succeed(path, body);
            Assert.Equal(wanted, (float)answer["results"]![0]!["score"]!, BatchRounding);
            Assert.Equal(name, (string)answer["model"]!);
        }
        // A dialect without a word for it is told by the address, and one whose word means nothing is not refused.
        var query = """{"query": ["is water wet"]}""";
        Assert.NotEqual(
            (float)(await server.Succeed("/get_reward", query))["rewards"]![0]!,
            (float)(await server.Succeed("/get_reward?model=second", query))["rewards"]![0]!,
            BatchRounding
        );
        await server.Succeed("/v1/score/evaluation", """{"model": "whatever", "messages": ["is water wet"]}""");
        foreach (var (path, body) in Minded)
        {
            foreach (var model in (string[])["small-rm", "second"])
                await server.Succeed(path, With(body, model));
            var (refused, problem, _) = await server.Post(path, With(body, "third"));
            Assert.Equal(404, refused);
            Assert.Contains("small-rm or other/name or second", problem!.ToJsonString(), StringComparison.Ordinal);
            Assert.True(problem["error"] is JsonObject, problem.ToJsonString());
        }
        Assert.Equal(404, (await server.Post("/get_reward?model=third", query)).Status);
        Assert.Equal(
            ["small-rm", "other/name", "second"],
            (await server.Get("/v1/models")).Body["data"]!.AsArray().Select(model => (string)model!["id"]!)
        );
        Assert.Contains(
            "assay_scoring_sequences_total{model=\"second\"}",
            await server.Client.GetStringAsync("/metrics"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_reload_names_its_model_and_leaves_the_other()
    {
        using var other = new SmallRewardModel(seed: 2);
        await using var server = await RunningServer.Start(RunningServer.Options with { FurtherNames = ["second"] });
        await server.Server.LoadAsync(other.Folder, name: "second");
        Assert.Equal(422, (await server.Post("/v1/reload", "{}")).Status);
        Assert.Equal(404, (await server.Post("/v1/reload", """{"model": "third"}""")).Status);
        var answer = await server.Succeed("/v1/reload", """{"model": "second"}""");
        Assert.Equal((ModelFingerprint.Of(other.Folder), false), ((string)answer["fingerprint"]!, (bool)answer["changed"]!));
    }

    [Fact]
    public void Two_models_of_one_name_are_refused() =>
        Assert.Contains(
            "two models are called",
            Assert.Throws<FormatException>(() => (RunningServer.Options with { FurtherNames = ["small-rm"] }).Check()).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task An_ensemble_says_how_far_its_members_lie_apart_and_a_plain_model_does_not()
    {
        using SmallRewardModel first = new(1),
            second = new(2);
        var folder = Directory.CreateTempSubdirectory("assay-ensemble-").FullName;
        try
        {
            EnsembleFile.Write(folder, [first.Folder, second.Folder]);
            using RewardModel a = RewardModel.Load(first.Folder),
                b = RewardModel.Load(second.Folder);
            await using var server = await RunningServer.Start(RunningServer.Options with { FurtherNames = ["both"] });
            await server.Server.LoadAsync(folder, name: "both");
            const string Asked =
                """{"model": "both", "messages": [{"role": "user", "content": "is water wet"}, {"role": "assistant", "content": "yes of course"}]}""";
            var result = (await server.Succeed("/v1/reward", Asked))["results"]![0]!;
            var conversation = Turns("is water wet", "yes of course");
            double of = a.Score([conversation])[0].Score,
                also = b.Score([conversation])[0].Score;
            Assert.Equal((of + also) / 2, (double)result["score"]!, BatchRounding);
            Assert.Equal(Math.Abs(of - also) / 2, (double)result["score_std"]!, BatchRounding);
            Assert.Equal(Math.Min(of, also), (double)result["lcb"]!, BatchRounding); // of two members, mean less deviation is the lower
            var plain = (await server.Succeed("/v1/reward", Asked.Replace("both", "small-rm", StringComparison.Ordinal)))["results"]![0]!;
            Assert.True(plain["score_std"] is null && plain["lcb"] is null);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task With_client_authorities_only_their_certificates_are_let_in()
    {
        using RSA authorityKey = RSA.Create(2048),
            serverKey = RSA.Create(2048),
            clientKey = RSA.Create(2048),
            strangerKey = RSA.Create(2048);
        var authorityRequest = new CertificateRequest("CN=clients", authorityKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1),
            to = from.AddDays(30);
        using var authority = authorityRequest.CreateSelfSigned(from, to);
        using var served = new CertificateRequest(
            "CN=localhost",
            serverKey,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(from, to);
        using var signed = new CertificateRequest("CN=trainer", clientKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Create(
            authority,
            from,
            to.AddDays(-1),
            [1, 2, 3]
        );
        using var stranger = new CertificateRequest(
            "CN=stranger",
            strangerKey,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        ).CreateSelfSigned(from, to);
        using var files = new SmallRewardModel();
        File.WriteAllText(files["cert.pem"], served.ExportCertificatePem());
        File.WriteAllText(files["key.pem"], serverKey.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(files["clients.pem"], authority.ExportCertificatePem());
        var options = RunningServer.Options with
        {
            CertificatePath = files["cert.pem"],
            KeyPath = files["key.pem"],
            ClientAuthorityPath = files["clients.pem"],
        };
        Assert.Contains(
            "--client-ca goes with --tls-cert",
            Assert.Throws<FormatException>(() => (options with { CertificatePath = null, KeyPath = null }).Check()).Message,
            StringComparison.Ordinal
        );
        await using var server = RewardServer.Create(options);
        await server.StartAsync();

        using var known = signed.CopyWithPrivateKey(clientKey);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await Ask(known))!.Value);
        Assert.Null(await Ask(null));
        Assert.Null(await Ask(stranger));

        async Task<System.Net.HttpStatusCode?> Ask(X509Certificate2? shown)
        {
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
            // Windows' TLS takes no key that lives in memory alone.
            using var usable = shown is null ? null : X509CertificateLoader.LoadPkcs12(shown.Export(X509ContentType.Pkcs12), null);
            if (usable is not null)
                handler.ClientCertificates.Add(usable);
            using var client = new HttpClient(handler);
            try
            {
                using var response = await client.GetAsync(new Uri(server.Address, "/health"));
                return response.StatusCode;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }
}
