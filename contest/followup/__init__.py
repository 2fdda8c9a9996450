"""What happens with winners: contracting, proof of concept, pilot, service."""
