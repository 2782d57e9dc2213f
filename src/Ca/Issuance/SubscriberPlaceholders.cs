using EContract.Ca.Profiles;
using EContract.Ca.Registration;

namespace EContract.Ca.Issuance;

/// <summary>What profiles may say of a subscriber.</summary>
internal static class SubscriberPlaceholders
{
    public static Placeholders Of(SubscriberId id, SubscriberData data) =>
        new Placeholders()
            // serialNumber (2.5.4.5) is a PrintableString, which has no underscore.
            .Set("subscriber_id", id.Value.Replace('_', '-'))
            .Set("name", data.Name)
            .Set("kana", data.Kana)
            .Set("romanised_name", data.RomanisedName)
            .Set("email", data.Email)
            .Set("customer_number", data.CustomerNumber)
            .Set("organisation", data.Organisation?.Name)
            .Set("organisation_romanised", data.Organisation?.RomanisedName)
            .Set("corporate_number", data.Organisation?.CorporateNumber)
            .Set("department", data.Organisation?.Department)
            .Set("role", data.Organisation?.Role);
}
