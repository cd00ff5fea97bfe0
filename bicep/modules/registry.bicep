// The registry of the embedding job's image. Pulled by identity; it has no admin user.

@description('Unique suffix of names.')
param token string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@allowed(['Basic', 'Standard', 'Premium'])
@description('Tier.')
param sku string

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: 'cr${token}'
  location: location
  tags: tags
  sku: { name: sku }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    // Open, because images are pushed by the registry's own build tasks, which run outside the network. The job pulls through the private endpoint.
    publicNetworkAccess: 'Enabled'
  }
}

output id string = registry.id
output name string = registry.name
output server string = registry.properties.loginServer
