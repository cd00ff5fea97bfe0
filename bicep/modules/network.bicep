// Networks for private access: one in the app's region, one in the job's, joined.

@description('Unique suffix of names.')
param token string

@description('Region of the app.')
param location string

@description('Region of the embedding job.')
param gpuLocation string

@description('Tags of every resource.')
param tags object

resource appNetwork 'Microsoft.Network/virtualNetworks@2024-10-01' = {
  name: 'vnet-app-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.10.0.0/16'] }
    subnets: [
      {
        // Flex Consumption refuses a subnet with an underscore in its name.
        name: 'snet-func'
        properties: {
          addressPrefix: '10.10.1.0/24'
          delegations: [{ name: 'environments', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'snet-endpoints'
        properties: {
          addressPrefix: '10.10.2.0/24'
          privateEndpointNetworkPolicies: 'Disabled'
        }
      }
    ]
  }
}

resource jobNetwork 'Microsoft.Network/virtualNetworks@2024-10-01' = {
  name: 'vnet-job-${token}'
  location: gpuLocation
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    subnets: [
      {
        name: 'snet-job'
        properties: {
          addressPrefix: '10.20.1.0/24'
          delegations: [{ name: 'environments', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
    ]
  }
}

resource appToJob 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-10-01' = {
  parent: appNetwork
  name: 'to-job'
  properties: {
    remoteVirtualNetwork: { id: jobNetwork.id }
    allowVirtualNetworkAccess: true
  }
}

resource jobToApp 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2024-10-01' = {
  parent: jobNetwork
  name: 'to-app'
  properties: {
    remoteVirtualNetwork: { id: appNetwork.id }
    allowVirtualNetworkAccess: true
  }
}

output appSubnetId string = '${appNetwork.id}/subnets/snet-func'
output endpointSubnetId string = '${appNetwork.id}/subnets/snet-endpoints'
output jobSubnetId string = '${jobNetwork.id}/subnets/snet-job'
output networkIds array = [appNetwork.id, jobNetwork.id]
