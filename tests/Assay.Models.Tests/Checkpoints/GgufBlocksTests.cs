using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Assay.Models.Checkpoints;
using Assay.Models.Tests.Goldens;

namespace Assay.Models.Tests.Checkpoints;

/// <summary>
/// A block of each kind as ggml's own library quantised it, and its numbers as that library gives them (libggml-base of
/// LLamaSharp.Backend.Cpu 0.30.0, <c>ggml_quantize_chunk</c> and <c>dequantize_row_*</c>, called once). With it, 2,000 runs of 256 numbers
/// from random bytes of each kind were compared bit for bit: none differed.
/// </summary>
public sealed class GgufBlocksTests
{
    // GGUF's number, name, numbers in a block, a block; some of its numbers (0, 1, 15, 16, 31 and, of long blocks, 32, 100, 127, 128, 200,
    // 255); the first half of the SHA-256 of all as little-endian fp32.
    public static TheoryData<uint, string, int, string, float[], string> Blocks { get; } =
        new()
        {
            {
                2u,
                "Q4_0",
                32,
                "mifXW+kEx5k0jGsL+AyIxdtX",
                [-0.029693604f, 0.08908081f, -0.029693604f, 0.14846802f, -0.08908081f],
                "c453c599c15ddf9c"
            },
            {
                3u,
                "Q4_1",
                32,
                "6ieas9db6QTHmSR7agv3C3e1y0c=",
                [-0.021148682f, 0.102508545f, -0.021148682f, 0.16433716f, -0.1138916f],
                "a3e0f13be6fd6932"
            },
            {
                6u,
                "Q5_0",
                32,
                "miOmSzVkrqbDCI4jWPjGBv8H/3mWng==",
                [-0.029693604f, 0.08908081f, -0.029693604f, 0.14846802f, -0.10392761f],
                "086a4b1213794abc"
            },
            {
                7u,
                "Q5_1",
                32,
                "qSOas6ZLNWSupsMIjiNY98YG/wf/eZae",
                [-0.02809143f, 0.09159851f, -0.02809143f, 0.15144348f, -0.102897644f],
                "4acf638cdf78d1c2"
            },
            {
                8u,
                "Q8_0",
                32,
                "qRfwMhbE7hjDPS4v+Tr5zDPzUdRigUIRqfrignmB+zpJyg==",
                [-0.029922485f, 0.09350777f, -0.02431202f, 0.15148258f, -0.10098839f],
                "f248f932e318a13f"
            },
            {
                10u,
                "Q2_K",
                256,
                "ESIzZt0BAjRW/gICFEfvAgHDslANcmgvf3sBg5lMf1leUQNc2j6oTZmQm6RdwkahJ0kXWWg52Xtb1FsLl1ul6JeL3Ym5v4TchY+DpvvLkoIHLUQv",
                [
                    -0.034973145f,
                    0.12213135f,
                    -0.034973145f,
                    0.0871582f,
                    -0.06994629f,
                    -0.34057617f,
                    0f,
                    0.2878418f,
                    0.8463135f,
                    0.2006836f,
                    0.31420898f,
                ],
                "10ab7a82d13eb8bf"
            },
            {
                11u,
                "Q3_K",
                256,
                "jteDlpyTEImBEc/HBYQRFAtIXVoTC1IfUkBjAANBS2A/Ox3tN9m9Y5eLeH9MsduPPneLPGpMpkzruLtc6DJyhuYF6HSWwDVAsTpFlLUx5GN8VQFmRoBrM62RUB8KJY9SAkS4n0T9CqdSBhVWRCQ=",
                [
                    -0.033325195f,
                    0.099975586f,
                    -0.033325195f,
                    0.13330078f,
                    -0.13330078f,
                    -0.39990234f,
                    -0f,
                    0.29992676f,
                    0.5332031f,
                    0.19995117f,
                    0.29992676f,
                ],
                "340c2702632e10e8"
            },
            {
                12u,
                "Q4_K",
                256,
                "PxxHJ8ccf87IH3/Ldgc7XFdbSUS3WYTMu5tXTJfEq5ftJT7gzPmi17Ywv1DHDI0kUcLMhFB8iEqcnkKhpoF9llc3B1fnKKc3l6fHx3f3J6iKlluHpceGy9tlmqyLq3e0P731s6L+cPBG/R9onN05GghkCEYqC/c8NudWE6Znedl2cYRwf39wh3Byc4yOgXRy",
                [
                    -0.024234772f,
                    0.091869354f,
                    -0.024234772f,
                    0.14992142f,
                    -0.111312866f,
                    -0.3007202f,
                    -0.02243805f,
                    0.26782227f,
                    0.6756592f,
                    0.13162994f,
                    0.23492432f,
                ],
                "8299ad4da3dce415"
            },
            {
                13u,
                "Q5_K",
                256,
                "DRhUJ8gee8/IIH/LpwhMn1ApXTBidY53P48wOZo6V+oXtKWm73cOpg48H9z2vRUcrbSRl2yhF4Z0NK6VLohFHbhJetB24US+e2BtsI4F90iihIv5oPsDdhoflEJOA+0ekHAAoLBBQVAgQHCB4OBAMeUNmAAqcP1od6sGKec34ElvXLtYJd/QsIy8L6IZjFQmAukQjWUY/4h937w3Tc7zs/0DGQAP/vAP8PX2CQ0C+fQ=",
                [
                    -0.02330017f,
                    0.08746338f,
                    -0.02330017f,
                    0.15075684f,
                    -0.10241699f,
                    -0.32263947f,
                    -0.018192291f,
                    0.24882698f,
                    0.6242199f,
                    0.14745331f,
                    0.23748207f,
                ],
                "191a0189e73435dd"
            },
            {
                14u,
                "Q6_K",
                256,
                "uGiK0/ebkk6mB328LJdJOnRFyGEABMvP2ZFdkQ/OwgMFIid4KHM6ciUjVainQJ8ZOGovG2DOGJdPHM2nsQGgOPxHIb2BDmcDtU7KgJaGzsXAuBj/FCIOnfaXYatMyCeSfOpki9hRC6LAQkoXTRbNddmZApmM8OFC9/LNZE1F6969Pw5ssU5Uk0NHvT8lcENln5HTnB+OSJ1JUBsEXRKbQcBi1JGDwRKAkBaQ4FCQQQMUICIiAwA3EyYgJAUAICUlBw7jNpb16N/Fm+vm1b2A5n0Q",
                [
                    -0.03068161f,
                    0.09204483f,
                    -0.023011208f,
                    0.15340805f,
                    -0.09971523f,
                    -0.3336625f,
                    -0.026298523f,
                    0.23504305f,
                    0.64650536f,
                    0.11779547f,
                    0.27065563f,
                ],
                "343e1bfe49009ae7"
            },
            {
                20u,
                "IQ4_NL",
                32,
                "xRfnTOoD1pojfFsM9wx3xNxH",
                [-0.018968582f, 0.100533485f, -0.018968582f, 0.16882038f, -0.09294605f],
                "549aa7ab1a259b22"
            },
            {
                23u,
                "IQ4_XS",
                256,
                "hhB6BNOLpw/mTPoD1qoTfVwM9w130+w35CU09Nz1ue3cKsRU2g2LGYGCjoSAnpqMno+CkYeBj5eYotKGGMY1ukQ1KSNjBbZEBBmjx+sH+fOjGwRiIxNYTFMSBRIiATMBUQRyQiMCY3FkuYXHAwLWYse1pyoWxoS0fmdua2x+cGt8cWltZGh3cQ==",
                [
                    -0.03644371f,
                    0.08779621f,
                    -0.016565323f,
                    0.14743137f,
                    -0.1076746f,
                    -0.35173702f,
                    -0.0044174194f,
                    0.21645355f,
                    0.67641735f,
                    0.09387016f,
                    0.17669678f,
                ],
                "0cbaada3a7a71ab8"
            },
        };

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_gives_the_numbers_that_ggml_gives(uint kind, string name, int length, string block, float[] some, string hash)
    {
        using var folder = new TemporaryFolder();
        var bytes = Convert.FromBase64String(block);
        var numbers = Numbers(folder, kind, length, bytes);
        int[] places = length == 32 ? [0, 1, 15, 16, 31] : [0, 1, 15, 16, 31, 32, 100, 127, 128, 200, 255];
        Assert.Equal(some, places.Select(place => numbers[place]));
        Assert.Equal(hash, Hash(numbers));
        // The check sees a fault: one bit, anywhere, is another block.
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            Assert.True(hash != Hash(Numbers(folder, kind, length, bytes)), $"{name}: byte {at} is not read");
            bytes[at] ^= 1;
        }
    }

    private static float[] Numbers(TemporaryFolder folder, uint kind, int length, byte[] block)
    {
        using var file = GgufFile.Open(GgufBuilder.Write(folder.PathOf("block.gguf"), [("token_embd.weight", [length, 1], kind, block)]));
        return RecordedTensor.Floats(file, file.Tensors.Single());
    }

    private static string Hash(float[] numbers) => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(numbers.AsSpan())))[..16];
}
