namespace Assay.Cli.Quickstart;

/// <summary>One thing customers write in about, and what solves it.</summary>
/// <param name="Name">Short name, used as the pairs' source.</param>
/// <param name="Questions">Ways to ask; <c>{item}</c> stands for what was bought.</param>
/// <param name="Actions">Sentences that solve it: right for this intent, wrong for every other.</param>
internal sealed record SupportIntent(string Name, IReadOnlyList<string> Questions, IReadOnlyList<string> Actions)
{
    public static IReadOnlyList<SupportIntent> All { get; } =
    [
        new(
            "refund",
            [
                "how do i get my money back for the {item} ?",
                "i returned the {item} and want a refund .",
                "the {item} is not for me , please refund it .",
            ],
            ["i have sent the refund to your card .", "your money will be back in three days ."]
        ),
        new(
            "delivery",
            [
                "my {item} has not arrived yet .",
                "where is the {item} i ordered last week ?",
                "the parcel with the {item} is late , what happened ?",
            ],
            ["the driver will bring it tomorrow morning .", "i traced the parcel and it arrives today ."]
        ),
        new(
            "login",
            [
                "i cannot log in to see my {item} order .",
                "i forgot my password and need to track the {item} .",
                "the site does not accept my login since i bought the {item} .",
            ],
            ["use the reset link i just mailed you .", "choose a new password on the login page ."]
        ),
        new(
            "invoice",
            [
                "i need an invoice for the {item} .",
                "the bill for the {item} shows the wrong address .",
                "can you send the receipt of the {item} again ?",
            ],
            ["the corrected invoice is in your inbox .", "i attached the receipt as a document ."]
        ),
        new(
            "cancel",
            [
                "please cancel the monthly plan for my {item} .",
                "i want to end the {item} subscription .",
                "how can i stop the membership that came with the {item} ?",
            ],
            ["your plan ends on the last day of this month .", "the membership is cancelled as of now ."]
        ),
        new(
            "damage",
            ["the {item} came with a crack .", "one part of the {item} is broken .", "my {item} was scratched when i opened the box ."],
            ["a new one leaves our warehouse today .", "we replace the broken part for free ."]
        ),
        new(
            "size",
            ["the {item} is too small for my room .", "this {item} does not fit .", "can i swap the {item} for a larger one ?"],
            ["print the exchange label and pick another size .", "the larger size is on its way to you ."]
        ),
        new(
            "warranty",
            [
                "is the {item} still under warranty ?",
                "the {item} stopped after one year , is that covered ?",
                "how long is the guarantee on the {item} ?",
            ],
            ["the guarantee covers it for two more years .", "bring it to any shop for a free repair ."]
        ),
    ];
}
